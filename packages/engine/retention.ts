import { EventKind, keyOf } from '@causeway/model';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { LeaseKeeper } from './lease/lease-keeper.ts';
import type { Store } from './store/store.ts';

const everyMs = 600_000;
const keepEventsMs = 3_600_000;

/** How much of the past is kept, for watches to resume from and lists to go on at: what is older or more goes. */
export interface HistoryLimits {
  readonly keepMs: number;
  readonly changes: number;
}

export const defaultHistory: HistoryLimits = { keepMs: 3_600_000, changes: 1_000_000 };

export const defaultKeepDecisionsMs = 90 * 24 * 3_600_000;

/** Drops what is kept only for a while: the history beyond its limits, old decisions, and events older than an hour. */
export const runRetention = ({
  history,
  keepDecisionsMs,
  database,
  store,
  clock,
  leases,
}: {
  history: HistoryLimits;
  keepDecisionsMs: number;
  database: Database;
  store: Store;
  clock: Clock;
  leases: LeaseKeeper;
}) => {
  let cancel = () => {};
  let stopped = false;
  const sweep = async (): Promise<void> => {
    if (!leases.holds('retention')) return;
    const [aged, newest] = await Promise.all([database.revisionOfAge(history.keepMs), database.revision()]);
    await database.compact(Math.max(aged, newest - history.changes));
    await database.dropDecisions(new Date(clock.now() - keepDecisionsMs).toISOString());
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
