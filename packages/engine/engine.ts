import { type KindDefinition, kindId } from '@causeway/model';
import { type AuditVerdict, verifyAudit } from './audit/verify-audit.ts';
import { type Chance, systemChance } from './chance.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Controller, ControllerDefinition } from './controller/controller.ts';
import { runGarbageCollector } from './controller/garbage-collector.ts';
import { runController } from './controller/run-controller.ts';
import type { Database } from './database/database.ts';
import { createEventRecorder, type RecordEvent } from './event/record-event.ts';
import type { LedgerEntry, LedgerQuery } from './ledger/ledger.ts';
import { runRetention } from './retention.ts';
import { Cache } from './store/cache.ts';
import { createEngineStore } from './store/engine-store.ts';
import type { Change } from './store/event-log.ts';
import type { Store } from './store/store.ts';
import { Writer } from './store/writer.ts';

export interface Ledger {
  /** Records steps; a step whose id is already there is not recorded again. */
  append(...entries: readonly LedgerEntry[]): Promise<void>;
  read(query: LedgerQuery): Promise<LedgerEntry[]>;
}

export interface Engine {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
  /** Each committed change of a kind, as it reaches the cache. Must return quickly and not throw. The result ends it. */
  onChange(kind: KindDefinition, callback: (change: Change) => void): () => void;
  run(controller: ControllerDefinition): Controller;
  verifyAudit(): Promise<AuditVerdict>;
  /** Every controller has nothing to do now; timers may still wait. */
  readonly settled: boolean;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly database: Database;
  readonly kinds: readonly KindDefinition[];
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly log: (line: string) => void;
}

const ownCommitMs = 5;

/** Opens the engine on a database: schema, cache, writer, garbage collection. Controllers are added with `run`. */
export const openEngine = async ({
  database,
  kinds,
  clock = systemClock,
  chance = systemChance,
  log,
}: EngineOptions): Promise<Engine> => {
  await database.migrate();
  const cache = new Cache();
  await cache.load(database);
  const writer = new Writer({ database, cache, clock, chance });
  const store = createEngineStore({ database, cache, writer, clock, chance });
  const behind = (revision: number | undefined) => revision === undefined || revision > cache.revision;
  database.listen(revision => {
    if (!behind(revision)) return;
    // Our own batch is applied as its commit is answered; only what is still missing then is somebody else’s.
    clock.after(ownCommitMs, () => {
      if (behind(revision)) cache.catchUp(database).catch(() => {});
    });
  });
  const running: { stop(): Promise<void>; readonly settled: boolean }[] = [
    runGarbageCollector({ cache, store, kinds, clock, chance, log }),
    runRetention({ database, store, clock }),
  ];
  return {
    store,
    clock,
    ledger: {
      append: async (...entries) => {
        if (entries.length > 0) await writer.write(() => ({ ledger: entries }));
      },
      read: query => database.readLedger(query),
    },
    recordEvent: createEventRecorder(store, clock, 'causeway'),
    onChange: (kind, callback) =>
      cache.subscribe(change => {
        if (change.kind === kindId(kind)) callback(change);
      }),
    run(definition) {
      const controller = runController(definition, { cache, clock, chance, log });
      running.push(controller);
      return controller;
    },
    verifyAudit: () => verifyAudit(database),
    get settled() {
      return running.every(one => one.settled);
    },
    async close() {
      await Promise.all(running.map(one => one.stop()));
      await writer.close();
      await database.close();
    },
  };
};
