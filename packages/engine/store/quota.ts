import { type KindDefinition, kindId, PlatformError } from '@causeway/model';
import type { View } from './batch-view.ts';

/** How many objects of a kind a namespace may have. */
export interface Quota {
  /** What sets it, for the message: `team "shop"`. */
  readonly setBy: string;
  readonly limit: number;
}

/** The quota for one more object of a kind; nothing when there is none. Synchronous and free of side effects: part of the write. */
export type QuotaOf = (view: View, kind: KindDefinition, namespace: string) => Quota | undefined;

/** Refuses one object too many. Decided inside the write, so that racing writers cannot exceed it. */
export const checkQuota = (
  view: View,
  quota: Quota | undefined,
  kind: KindDefinition,
  namespace: string,
  name: string,
): void => {
  if (!quota) return;
  const id = kindId(kind);
  const used = view.count(id, namespace);
  if (used < quota.limit) return;
  throw new PlatformError(
    'QuotaExceeded',
    `${id} "${name}" is forbidden: exceeded quota: ${quota.setBy}, requested: ${id}=1, used: ${id}=${used}, limited: ${id}=${quota.limit}`,
    { kind: kind.plural, name },
  );
};
