import { EventKind, keyOf } from '@causeway/model';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { LeaseKeeper } from './lease/lease-keeper.ts';
import type { Store } from './store/store.ts';

const everyMs = 600_000;
const keepEventsMs = 3_600_000;
const keepHistoryMs = 3_600_000;

/** Drops what is kept only for a while: the history that other servers have long read, and events older than an hour. */
export const runRetention = ({
  database,
  store,
  clock,
  leases,
}: {
  database: Database;
  store: Store;
  clock: Clock;
  leases: LeaseKeeper;
}) => {
  let cancel = () => {};
  let stopped = false;
  const sweep = async (): Promise<void> => {
    if (!leases.holds('retention')) return;
    await database.dropHistory(keepHistoryMs);
    const old = new Date(clock.now() - keepEventsMs).toISOString();
    const stale = store.peekAll(
      EventKind,
      undefined,
      event => (event as unknown as { lastTimestamp: string }).lastTimestamp < old,
    );
    const actor = { user: 'system:server', from: 'retention' };
    await Promise.allSettled(stale.map(event => store.delete(EventKind, keyOf(event), actor)));
  };
  const schedule = () => {
    cancel = clock.after(everyMs, () => {
      sweep()
        .catch(() => {})
        .finally(() => stopped || schedule());
    });
  };
  schedule();
  return {
    settled: true,
    async stop() {
      stopped = true;
      cancel();
    },
  };
};
