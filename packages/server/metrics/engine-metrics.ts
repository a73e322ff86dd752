import type { Database, EngineObserver, EngineReading } from '@causeway/engine';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { durationBuckets } from './duration-buckets.ts';

const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

const writeMetrics = (registers: Registry[]): Pick<EngineObserver, 'commit' | 'lookedUp'> => {
  const duration = new Histogram({
    name: 'causeway_engine_commit_duration_seconds',
    help: 'Transactions of the writer, by how they ended: committed, moved (another server was faster), lost (not answered), failed.',
    labelNames: ['outcome'],
    buckets: [...durationBuckets],
    registers,
  });
  const size = new Histogram({
    name: 'causeway_engine_commit_writes',
    help: 'Changed objects in each transaction that was committed.',
    buckets: batchSizes,
    registers,
  });
  const lookedUp = new Counter({
    name: 'causeway_engine_commit_lookups_total',
    help: 'Commits that were not answered and were looked up, by whether they had happened.',
    labelNames: ['happened'],
    registers,
  });
  return {
    commit(outcome, seconds, writes) {
      duration.observe({ outcome }, seconds);
      if (outcome === 'committed') size.observe(writes);
    },
    lookedUp: happened => lookedUp.inc({ happened: String(happened) }),
  };
};

const watchMetrics = (
  registers: Registry[],
): Pick<EngineObserver, 'watchBegan' | 'watchSent' | 'watchEnded'> => {
  const watchers = new Gauge({
    name: 'causeway_engine_watchers',
    help: 'Open watches by kind.',
    labelNames: ['kind'],
    registers,
  });
  const events = new Counter({
    name: 'causeway_engine_watch_events_total',
    help: 'Events handed to watches by kind.',
    labelNames: ['kind'],
    registers,
  });
  const ended = new Counter({
    name: 'causeway_engine_watches_ended_total',
    help: 'Watches that ended, by kind and why: left, expired (cut off because too far behind), failed.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  return {
    watchBegan: kind => watchers.inc({ kind }),
    watchSent: kind => events.inc({ kind }),
    watchEnded(kind, reason) {
      watchers.dec({ kind });
      ended.inc({ kind, reason });
    },
  };
};

const controllerMetrics = (registers: Registry[]): Pick<EngineObserver, 'reconciled'> => {
  const duration = new Histogram({
    name: 'causeway_controller_reconcile_duration_seconds',
    help: 'Looks of a controller at one object, by how they ended: done, again (asked for another look), failed (tried again).',
    labelNames: ['controller', 'outcome'],
    buckets: [...durationBuckets],
    registers,
  });
  return {
    reconciled: (controller, outcome, seconds) => duration.observe({ controller, outcome }, seconds),
  };
};

export const engineMetrics = (registry: Registry): EngineObserver => ({
  ...writeMetrics([registry]),
  ...watchMetrics([registry]),
  ...controllerMetrics([registry]),
});

/** How the engine stands. Returns what reads it, for each time that somebody asks for the metrics. */
export const engineGauges = (
  registry: Registry,
  read: () => EngineReading,
  database: Pick<Database, 'head'>,
): (() => Promise<void>) => {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const revision = gauge('causeway_engine_revision', 'The newest revision that the cache shows.');
  const lag = gauge(
    'causeway_engine_revision_lag',
    'Revisions that the database has and the cache does not show yet.',
  );
  const audit = gauge('causeway_engine_audit_sequence', 'Number of the newest audit record.');
  const up = gauge(
    'causeway_engine_database_up',
    'Whether the database answered when the metrics were asked for.',
  );
  const waiting = gauge('causeway_engine_waiting_writes', 'Writes that no transaction has taken yet.');
  const shards = gauge(
    'causeway_engine_shards',
    'Shares of the controllers’ work that this server holds, of 16 in all.',
  );
  const objects = gauge('causeway_engine_objects', 'Objects by kind.', ['kind']);
  const queue = gauge('causeway_controller_queue_length', 'Objects that wait for a look.', ['controller']);
  const running = gauge('causeway_controller_running', 'Objects that are being looked at.', ['controller']);
  const oldest = gauge(
    'causeway_controller_oldest_waiting_seconds',
    'How long the object that waits longest has waited.',
    ['controller'],
  );
  return async () => {
    const now = read();
    const head = await database.head().catch(() => undefined);
    up.set(head ? 1 : 0);
    if (head) {
      lag.set(Math.max(0, head.revision - now.revision));
      audit.set(head.auditSeq);
    }
    revision.set(now.revision);
    waiting.set(now.waitingWrites);
    shards.set(now.shards);
    for (const [kind, count] of now.objects) objects.set({ kind }, count);
    for (const { controller, ...one } of now.queues) {
      queue.set({ controller }, one.waiting);
      running.set({ controller }, one.running);
      oldest.set({ controller }, one.oldestSeconds);
    }
  };
};
