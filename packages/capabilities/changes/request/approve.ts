import type { Actor } from '@causeway/engine';
import { type ChangeRequest, ChangeRequestKind, type ObjectKey, PlatformError } from '@causeway/model';
import { actorOf } from '../../policy/admission/admission-subject.ts';
import { commentOf, withComment } from './comment.ts';
import { type Observer, observeChange } from './observe-change.ts';
import { openOne } from './open-one.ts';

export interface Approval {
  /** What was looked at, also shortened; default: the newest commit. */
  readonly commit?: string | undefined;
  readonly comment?: string | undefined;
}

/**
 * Approves the newest commit of a change, as a person who had no hand in it. Throws `Forbidden` for others, `Conflict` when the
 * branch has moved on from what was looked at.
 */
export const approveChange = async (
  observer: Observer,
  key: ObjectKey,
  { commit, comment }: Approval,
  actor: Actor,
): Promise<ChangeRequest> => {
  const { capabilities } = observer;
  const { store, clock, recordEvent } = capabilities.engine;
  if (actorOf(actor) !== 'person')
    throw new PlatformError('Forbidden', `${actor.user} is a program, and programs do not approve`, {
      next: 'Ask somebody of the team to look at it.',
    });
  const change = await openOne(capabilities, key);
  const { open, status } = await observeChange(observer, change);
  if (!open)
    throw new PlatformError('NotMergeable', `${key.name} is not open: ${status.mergeable?.message ?? ''}`);
  const { head, contributors } = open.facts;
  if (contributors.has(actor.user))
    throw new PlatformError('Forbidden', `you had a hand in ${key.name}: somebody else approves it`, {
      next: 'Ask somebody of the team who pushed nothing to it.',
    });
  if (commit !== undefined && !head.startsWith(commit))
    throw new PlatformError(
      'Conflict',
      `${change.spec.source} is at ${head.slice(0, 10)} by now, not at ${commit.slice(0, 10)}`,
      { next: `Look at what is new (platform change diff ${key.name}), then approve it.` },
    );
  const at = clock.now();
  const approval = { by: actor.user, at: new Date(at).toISOString(), commit: head };
  const stored = await store.mutate(
    ChangeRequestKind,
    key,
    one => {
      const { approvals = [] } = one.status ?? {};
      const again = approvals.some(before => before.by === approval.by && before.commit === head);
      const next = { ...one.status, approvals: again ? approvals : [...approvals, approval] };
      return {
        ...one,
        status: comment ? withComment(next, commentOf({ text: comment }, actor, at)) : next,
      };
    },
    actor,
    { subresource: 'status', act: { status: { approval, ...(comment ? { comment } : {}) } } },
  );
  recordEvent(stored, 'Normal', 'Approved', `${actor.user} approved ${head.slice(0, 10)}.`);
  return stored;
};
