import { type ChangeRequest, ChangeRequestKind, type ObjectKey, PlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';

/** The change request, if it is one of ours that is open. Throws `NotMergeable`. */
export const openOne = async ({ engine }: Capabilities, key: ObjectKey): Promise<ChangeRequest> => {
  const change = await ofOurs(engine.store, key);
  if (change.status?.merged)
    throw new PlatformError('NotMergeable', `${key.name} is merged already`, {
      next: 'Open another change request for what is still to be done.',
    });
  if (change.spec.closed)
    throw new PlatformError('NotMergeable', `${key.name} is closed`, {
      next: `Open it again first: platform change reopen ${key.name}`,
    });
  return change;
};

/** What is in another forge is done there. */
export const ofOurs = async (
  store: Capabilities['engine']['store'],
  key: ObjectKey,
): Promise<ChangeRequest> => {
  const change = await store.get(ChangeRequestKind, key);
  if (change.spec.forge)
    throw new PlatformError('Invalid', `${key.name} lives in ${change.spec.forge.name}`, {
      next: `Do it there: ${change.spec.forge.url}`,
    });
  return change;
};
