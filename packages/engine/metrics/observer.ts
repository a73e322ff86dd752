/** How a transaction of the writer ended. `moved`: another server wrote first, so it is decided again. `lost`: it was not answered. */
export type CommitOutcome = 'committed' | 'moved' | 'lost' | 'failed';

/** How a look at one key ended. `again` asked for another look, `failed` is tried again after a pause. */
export type ReconcileOutcome = 'done' | 'again' | 'failed';

/** Why a watch ended. `expired`: what it had yet to read was dropped. */
export type WatchEnding = 'left' | 'expired' | 'failed';

/**
 * What the engine tells whoever measures it, when it happens. Called where it is hot: it must be quick, synchronous and not throw.
 * Kinds are plurals with their group, controllers the names of their definitions: both are few, and none is a person’s or an object’s.
 */
export interface EngineObserver {
  /** A transaction of `writes` changed objects. */
  commit(outcome: CommitOutcome, seconds: number, writes: number): void;
  /** A commit that was not answered was looked up: it had happened or not. */
  lookedUp(happened: boolean): void;
  watchBegan(kind: string): void;
  watchSent(kind: string): void;
  watchEnded(kind: string, ending: WatchEnding): void;
  reconciled(controller: string, outcome: ReconcileOutcome, seconds: number): void;
}

const nothing = (): void => {};

export const silentObserver: EngineObserver = {
  commit: nothing,
  lookedUp: nothing,
  watchBegan: nothing,
  watchSent: nothing,
  watchEnded: nothing,
  reconciled: nothing,
};

/** What a controller has before it. */
export interface QueueReading {
  readonly controller: string;
  readonly waiting: number;
  readonly running: number;
  /** How long the key that waits longest has been ready. Seconds. */
  readonly oldestSeconds: number;
}

/** The engine at this moment. */
export interface EngineReading {
  /** The revision that the cache shows. */
  readonly revision: number;
  /** How many objects there are of each kind. */
  readonly objects: ReadonlyMap<string, number>;
  /** Writes that wait for a batch. */
  readonly waitingWrites: number;
  /** Shares of the controllers’ work that this server holds. */
  readonly shards: number;
  readonly queues: readonly QueueReading[];
}
