import type { Actor } from '@causeway/engine';
import { type ChangeRequest, ChangeRequestKind, type ObjectKey, PlatformError } from '@causeway/model';
import { type Observer, observeChange } from './observe-change.ts';
import { ofOurs } from './open-one.ts';

const setClosed = async (
  { capabilities }: Observer,
  key: ObjectKey,
  closed: boolean,
  actor: Actor,
): Promise<ChangeRequest> => {
  const { store } = capabilities.engine;
  const change = await ofOurs(store, key);
  if (change.status?.merged)
    throw new PlatformError('NotMergeable', `${key.name} is merged already`, {
      next: 'Open another change request for what is still to be done.',
    });
  return store.mutate(ChangeRequestKind, key, one => ({ ...one, spec: { ...one.spec, closed } }), actor);
};

/** Gives a change up. The branch stays. */
export const closeChange = (observer: Observer, key: ObjectKey, actor: Actor): Promise<ChangeRequest> =>
  setClosed(observer, key, true, actor);

/** Takes a change up again. Throws `NotMergeable` when its branch is gone, or another is open for it. */
export const reopenChange = async (
  observer: Observer,
  key: ObjectKey,
  actor: Actor,
): Promise<ChangeRequest> => {
  const change = await ofOurs(observer.capabilities.engine.store, key);
  const { status } = await observeChange(observer, { ...change, spec: { ...change.spec, closed: false } });
  if (status.phase === 'Closed')
    throw new PlatformError(
      'NotMergeable',
      `${key.name} cannot be opened again: ${status.mergeable?.message}`,
    );
  return setClosed(observer, key, false, actor);
};
