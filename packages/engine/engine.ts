import { type KindDefinition, kindId } from '@causeway/model';
import { verifyAudit } from './audit/verify-audit.ts';
import type { AuditVerdict } from './audit/verify-chain.ts';
import { type Chance, systemChance } from './chance.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Controller, ControllerDefinition } from './controller/controller.ts';
import { runGarbageCollector } from './controller/garbage-collector.ts';
import { type RunningController, runController } from './controller/run-controller.ts';
import type { Database } from './database/database.ts';
import type { DecisionQuery, NewDecision, RecordedDecision } from './decisions/decision-record.ts';
import { createEventRecorder, type RecordEvent } from './event/record-event.ts';
import { LeaseKeeper, leasesReleased } from './lease/lease-keeper.ts';
import type { LedgerEntry, LedgerQuery } from './ledger/ledger.ts';
import { observeDatabase } from './metrics/observe-database.ts';
import { observeWatches } from './metrics/observe-watches.ts';
import {
  type EngineObserver,
  type EngineReading,
  type QueueReading,
  silentObserver,
} from './metrics/observer.ts';
import { timeReads, timeWrites } from './metrics/time-spent.ts';
import { defaultHistory, defaultKeepDecisionsMs, type HistoryLimits, runRetention } from './retention.ts';
import { shareClock } from './shared-clock.ts';
import { Cache } from './store/cache.ts';
import { createEngineStore } from './store/engine-store.ts';
import type { Change } from './store/event-log.ts';
import type { QuotaOf } from './store/quota.ts';
import type { Store } from './store/store.ts';
import { Writer } from './store/writer.ts';

export interface Ledger {
  /** Records steps; a step whose id is already there is not recorded again. */
  append(...entries: readonly LedgerEntry[]): Promise<void>;
  read(query: LedgerQuery): Promise<LedgerEntry[]>;
}

/** What policies decided. What is decided of a write is recorded with the write; here is the rest. */
export interface Decisions {
  append(...decisions: readonly NewDecision[]): Promise<void>;
  /** Newest first. */
  read(query: DecisionQuery): Promise<RecordedDecision[]>;
}

export interface Engine {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  /** Its wall clock is the database’s, which all servers share. */
  readonly clock: Clock;
  readonly chance: Chance;
  readonly recordEvent: RecordEvent;
  /** Each committed change of a kind, as it reaches the cache. Must return quickly and not throw. The result ends it. */
  onChange(kind: KindDefinition, callback: (change: Change) => void): () => void;
  run(controller: ControllerDefinition): Controller;
  verifyAudit(): Promise<AuditVerdict>;
  /**
   * Forgets the history up to a revision, or all: watches cannot resume from before, nor lists go on there. Says after which
   * revision all is kept now.
   */
  compact(upTo?: number): Promise<number>;
  /** How it stands now. */
  reading(): EngineReading;
  /** The shares of the controllers’ keys that are this server’s. */
  readonly shards: ReadonlySet<string>;
  /** Every controller has nothing to do now; timers may still wait. */
  readonly settled: boolean;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly database: Database;
  readonly kinds: readonly KindDefinition[];
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly observer?: EngineObserver;
  readonly history?: HistoryLimits;
  /** For how long decisions are kept; default 90 days. */
  readonly keepDecisionsMs?: number;
  readonly quotaOf?: QuotaOf;
  readonly log: (line: string) => void;
}

const ownCommitMs = 5;
const readAgainMs = 250;

/** Opens the engine on a database: schema, cache, writer, garbage collection. Controllers are added with `run`. */
export const openEngine = async ({
  database: given,
  kinds,
  clock: own = systemClock,
  chance = systemChance,
  observer = silentObserver,
  history = defaultHistory,
  keepDecisionsMs = defaultKeepDecisionsMs,
  quotaOf,
  log,
}: EngineOptions): Promise<Engine> => {
  const database = observer === silentObserver ? given : observeDatabase(given, observer, own);
  await database.migrate();
  const controllers = new Map<string, RunningController>();
  const lookAtAll = () => {
    for (const controller of controllers.values()) controller.lookAtAll();
  };
  const cache = new Cache(kinds);
  await cache.load(database);
  const shared = await shareClock({ database, clock: own, onJump: lookAtAll });
  const { clock } = shared;
  const writer = new Writer({ database, cache, clock, chance });
  const plainStore = createEngineStore({
    database,
    cache,
    writer: timeWrites(writer, clock),
    clock,
    chance,
    quotaOf,
  });
  const store = timeReads(
    observer === silentObserver ? plainStore : observeWatches(plainStore, observer),
    clock,
  );
  const behind = (revision: number | undefined) => revision === undefined || revision > cache.revision;
  const leases = new LeaseKeeper({ database, clock, chance, log });
  let closed = false;
  /** What others committed, until it is read: nobody says it a second time. */
  const catchUp = (revision: number | undefined): void => {
    if (closed || !behind(revision)) return;
    cache.catchUp(database, database).catch(() => clock.after(readAgainMs, () => catchUp(revision)));
  };
  let listening = false;
  database.listen({
    onRevision(revision) {
      if (revision === undefined) {
        // What was told while nobody listened is lost: look at everything again.
        if (listening) lookAtAll();
        listening = true;
      }
      if (!behind(revision)) return;
      // Our own batch is applied as its commit is answered; only what is still missing then is somebody else’s.
      clock.after(ownCommitMs, () => catchUp(revision));
    },
    onMessage(message) {
      if (message === leasesReleased) void leases.tick();
      else {
        const [name = '', key = ''] = message.split(' ');
        controllers.get(name)?.look(key);
      }
    },
  });
  await leases.tick();
  const nudgeOthers = (controller: string, key: string) => {
    database.tell(`${controller} ${key}`).catch(() => {});
  };
  const running: { stop(): Promise<void>; readonly settled: boolean; readonly queue?: QueueReading }[] = [
    runGarbageCollector({ cache, store, kinds, clock, chance, leases, log }),
    runRetention({ history, keepDecisionsMs, database, store, clock, leases }),
  ];
  return {
    store,
    clock,
    chance,
    ledger: {
      append: async (...entries) => {
        if (entries.length > 0) await writer.write(() => ({ ledger: entries }));
      },
      read: query => database.readLedger(query),
    },
    decisions: {
      append: async (...decisions) => {
        if (decisions.length > 0) await writer.write(() => ({ decisions }));
      },
      read: query => database.readDecisions(query),
    },
    recordEvent: createEventRecorder(store, clock, 'causeway'),
    onChange: (kind, callback) => cache.subscribe(callback, [kindId(kind)]),
    run(definition) {
      const controller = runController(definition, {
        cache,
        clock,
        chance,
        leases,
        observer,
        log,
        nudgeOthers,
      });
      controllers.set(controller.name, controller);
      running.push(controller);
      return controller;
    },
    verifyAudit: () => verifyAudit(database),
    compact: async upTo => database.compact(upTo ?? (await database.revision())),
    reading: () => ({
      revision: cache.revision,
      objects: cache.counts(),
      waitingWrites: writer.waiting,
      shards: leases.shards.size,
      queues: running.flatMap(({ queue }) => queue ?? []),
    }),
    get shards() {
      return leases.shards;
    },
    get settled() {
      return running.every(one => one.settled);
    },
    async close() {
      closed = true;
      shared.stop();
      await Promise.all(running.map(one => one.stop()));
      await leases.stop();
      await writer.close();
      await database.close();
    },
  };
};
