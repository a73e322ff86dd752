import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@causeway/client';
import { ReplicaKind } from '@causeway/model';
import { pruneLogs } from './prune-logs.ts';

const everyMs = 3_600_000;
const keepMs = 7 * 24 * 3_600_000;

/** Prunes the logs of replicas now and then, until the signal aborts. */
export const tendLogs = async (
  data: string,
  client: Pick<Client, 'resource'>,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      const { items } = await client.resource(ReplicaKind).list({ signal });
      const kept = new Set(items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
      await pruneLogs({ data, kept, keepMs, now: Date.now() });
    } catch {
      // What cannot be asked or removed now can be in an hour.
    }
  }
};
