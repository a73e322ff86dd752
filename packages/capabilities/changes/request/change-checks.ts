import type { ChangeRequest, Check, Plan } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import type { BranchFacts } from './branch-facts.ts';
import { type CheckedPlan, planCheck } from './plan-check.ts';
import { policyCheck } from './policy-check.ts';
import { countingApprovers, reviewOf } from './review.ts';
import { peopleMeant, standInsFor, stillGiven } from './who-may-approve.ts';

/** What else there is in the team changes what a plan says; so it is made again. */
const planMs = 5 * 60_000;

export interface CheckedChange {
  /** What merging it would do; absent where the repository has no files of the platform. */
  readonly plan?: Plan;
  readonly checks: readonly Check[];
  /** Who must approve, by CODEOWNERS. */
  readonly reviewers: readonly string[];
  /** Those whose approval counts. */
  readonly approvers: readonly string[];
}

/** What was looked at for the newest commit of changes. Policies are asked again when they, or what they judge, may be others. */
export const createChangeChecks = (capabilities: Capabilities) => {
  const { engine, policies } = capabilities;
  const known = new Map<string, { readonly of: string; readonly check: Check }>();
  const planned = new Map<
    string,
    { readonly of: string; readonly until: number; readonly found: CheckedPlan }
  >();
  let era = 0;
  policies.onChange(() => {
    era += 1;
  });

  const policyOf = async (
    change: ChangeRequest,
    facts: BranchFacts,
    approvers: readonly string[],
  ): Promise<Check> => {
    const { uid } = change.metadata;
    const of = JSON.stringify([era, facts.head, facts.target, approvers]);
    const before = known.get(uid);
    if (before?.of === of) return before.check;
    const check = await policyCheck(capabilities, { change, facts, approvers, by: change.spec.author });
    known.set(uid, { of, check });
    return check;
  };

  const planOf = async (change: ChangeRequest, facts: BranchFacts): Promise<CheckedPlan> => {
    const { uid } = change.metadata;
    const now = engine.clock.now();
    const of = JSON.stringify([era, facts.head, facts.target]);
    const before = planned.get(uid);
    if (before?.of === of && now < before.until) return before.found;
    const found = await planCheck(capabilities, change, facts);
    planned.set(uid, { of, until: found.check?.state === 'Pending' ? now : now + planMs, found });
    return found;
  };

  return {
    async of(change: ChangeRequest, facts: BranchFacts): Promise<CheckedChange> {
      const { namespace = '' } = change.metadata;
      const { store } = engine;
      const given = stillGiven(store, namespace, change.status?.approvals ?? []);
      const approvers = countingApprovers(given, facts.head, facts.contributors);
      const { reviewers, check: review } = reviewOf({
        asked: facts.asked,
        problem: facts.ownersProblem,
        contributors: facts.contributors,
        approvers,
        meant: owner => peopleMeant(store, namespace, owner),
        standIns: standInsFor(store, namespace, facts.contributors),
      });
      const policy = await policyOf(change, facts, approvers);
      const { plan, check } = await planOf(change, facts);
      return {
        ...(plan ? { plan } : {}),
        checks: [...(check ? [check] : []), policy, review],
        reviewers,
        approvers,
      };
    },
    forget(uid: string): void {
      known.delete(uid);
      planned.delete(uid);
    },
  };
};
export type ChangeChecks = ReturnType<typeof createChangeChecks>;
