import type { ChangeRequest, Check } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import type { BranchFacts } from './branch-facts.ts';
import { policyCheck } from './policy-check.ts';
import { countingApprovers, reviewOf } from './review.ts';
import { peopleMeant } from './who-may-approve.ts';

export interface CheckedChange {
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

  return {
    async of(change: ChangeRequest, facts: BranchFacts): Promise<CheckedChange> {
      const { namespace = '' } = change.metadata;
      const approvers = countingApprovers(change.status?.approvals ?? [], facts.head, facts.contributors);
      const { reviewers, check: review } = reviewOf({
        rules: facts.owners,
        files: facts.files.map(({ path }) => path),
        contributors: facts.contributors,
        approvers,
        meant: owner => peopleMeant(engine.store, namespace, owner),
      });
      return { checks: [await policyOf(change, facts, approvers), review], reviewers, approvers };
    },
    forget: (uid: string): void => void known.delete(uid),
  };
};
export type ChangeChecks = ReturnType<typeof createChangeChecks>;
