import type { Actor } from '@causeway/engine';
import { type ChangeRequest, ChangeRequestKind, type ObjectKey, PlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { ofOurs } from './open-one.ts';

export interface NewComment {
  readonly text: string;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
}

type Status = ChangeRequest['status'];
type Comment = NonNullable<NonNullable<Status>['comments']>[number];

const mostComments = 500;
/** Of all comments together: an object holds a megabyte. */
const mostCharacters = 256 * 1024;

/** The status with a comment more. Throws `TooLarge` when there is no room for it. */
export const withComment = (status: Status, comment: Comment): NonNullable<Status> => {
  const comments = [...(status?.comments ?? []), comment];
  if (
    comments.length > mostComments ||
    comments.reduce((sum, { text }) => sum + text.length, 0) > mostCharacters
  )
    throw new PlatformError('TooLarge', 'there is no room for more comments on this change request', {
      next: 'Go on in another: close this one and open a new one for the branch.',
    });
  return { ...status, comments };
};

export const commentOf = ({ text, path, line }: NewComment, { user }: Actor, now: number): Comment => ({
  by: user,
  at: new Date(now).toISOString(),
  text,
  ...(path === undefined ? {} : { path }),
  ...(line === undefined ? {} : { line }),
});

/** Says something about a change, open or not. */
export const commentOnChange = async (
  { engine }: Capabilities,
  key: ObjectKey,
  said: NewComment,
  actor: Actor,
): Promise<ChangeRequest> => {
  if (said.line !== undefined && said.path === undefined)
    throw new PlatformError('Invalid', 'a comment on a line names the file, too', {
      causes: [{ reason: 'FieldValueRequired', field: 'path', message: 'Required with line' }],
    });
  await ofOurs(engine.store, key);
  const comment = commentOf(said, actor, engine.clock.now());
  return engine.store.mutate(
    ChangeRequestKind,
    key,
    one => ({ ...one, status: withComment(one.status, comment) }),
    actor,
    { subresource: 'status', act: { status: { comment } } },
  );
};
