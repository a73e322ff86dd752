import {
  budgetWords,
  type ChangeRequest,
  type Check,
  isBeyondBudget,
  isPlatformError,
  type Plan,
  ServiceKind,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { planFor } from '../plan/plan-for.ts';
import { planLines } from '../plan/plan-lines.ts';
import { type BranchFacts, repositoryOf } from './branch-facts.ts';

export interface CheckedPlan {
  readonly plan?: Plan;
  readonly check?: Check;
}

const longestMessage = 4000;
/** Of a plan as JSON: an object holds a megabyte. */
const mostCharacters = 384 * 1024;

/** As much of a plan as a status can hold; what would be other comes first. */
const fitting = (plan: Plan): Plan => {
  if (JSON.stringify(plan).length <= mostCharacters) return plan;
  let left = mostCharacters;
  const fits = (part: object): boolean => {
    left -= JSON.stringify(part).length + 1;
    return left > 0;
  };
  const sorted = plan.changes.toSorted(
    (a, b) => Number(a.action === 'unchanged') - Number(b.action === 'unchanged'),
  );
  return { ...plan, problems: plan.problems.filter(fits), changes: sorted.filter(fits), notes: [] };
};
const verbs = [
  ['create', 'to create'],
  ['change', 'to change'],
  ['delete', 'to delete'],
] as const;

const summary = (plan: Plan): string => {
  const parts = verbs.flatMap(([action, words]) => {
    const count = plan.changes.filter(change => change.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const { cost } = plan;
  const sign = cost && cost.monthly < 0 ? '−' : '+';
  const price =
    cost && cost.monthly !== 0
      ? `; ${sign}${Math.abs(cost.monthly).toFixed(2)} ${cost.currency} a month, estimated${isBeyondBudget(cost) ? `: ${budgetWords(cost)}` : ''}`
      : '';
  return `${parts.join(', ') || 'nothing of the platform’s is other after the merge'}${price}`;
};

/** Nothing in a repository is ever dropped, so that no plan makes a commit that another has made. */
const merges = new WeakMap<BranchFacts, Promise<string>>();

/** The commit that a merge would make, where it differs from the branch’s own; nothing points to it. */
const mergedCommit = async (
  { changeSource }: Capabilities,
  change: ChangeRequest,
  facts: BranchFacts,
): Promise<string> => {
  const { behind, head, target, conflicts } = facts;
  if (behind === 0 || conflicts.length > 0) return head;
  const merge =
    merges.get(facts) ??
    changeSource
      .merge(repositoryOf(change), {
        method: 'merge',
        target,
        head,
        by: change.spec.author,
        message: 'planned',
      })
      .then(async ({ id, stored }) => {
        await stored;
        return id;
      });
  merges.set(facts, merge);
  merge.catch(() => merges.delete(facts));
  return merge;
};

/** What merging a change would do to what the files of its repository say; nothing where it has none. */
export const planCheck = async (
  capabilities: Capabilities,
  change: ChangeRequest,
  facts: BranchFacts,
): Promise<CheckedPlan> => {
  const { team, service } = repositoryOf(change);
  const branch = capabilities.engine.store.peek(ServiceKind, { namespace: team, name: service })?.spec.branch;
  if (branch !== change.spec.target || facts.base === undefined) return {};
  try {
    const commit = await mergedCommit(capabilities, change, facts);
    const found = await planFor(capabilities, { team, service, commit, by: change.spec.author });
    if (!found) return {};
    const plan = { ...found, commit: facts.head };
    const message = plan.allowed
      ? summary(plan)
      : ['would be refused', ...planLines(plan)].join('\n').slice(0, longestMessage);
    return {
      plan: fitting(plan),
      check: { name: 'plan', state: plan.allowed ? 'Passed' : 'Failed', message },
    };
  } catch (error) {
    if (!isPlatformError(error, 'Unavailable')) throw error;
    return { check: { name: 'plan', state: 'Pending', message: `cannot be made now: ${error.message}` } };
  }
};
