import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Database, Guard, Lease } from '../database/database.ts';
import { shardNames, shardOf } from './shard.ts';

/** A server that dies is missed after this, so that others go on within a second. */
const ttlMs = 600;
const everyMs = 150;

/** How long work under way may hold up the hand-over. Longer than reconcilers take. */
const patienceMs = 5000;

const serverPrefix = 'server/';

export interface LeaseKeeperParts {
  readonly database: Pick<Database, 'renewLeases' | 'takeLeases' | 'releaseLeases' | 'tell'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: (line: string) => void;
}

type Shards = ReadonlySet<string>;

/** Somebody whose work is dealt out. */
export interface ShardWorker {
  /** This server works on these from now on: look at every key of theirs. */
  gained(shards: Shards): void;
  /** Begin nothing more of these. Resolves when nothing of them runs. */
  withdraw(shards: Shards): Promise<void>;
  /** Others may be at work on these already: what still runs is in vain. */
  abort(shards: Shards): void;
}

/** Told when a server gives something back. */
export const leasesReleased = 'leases released';

/**
 * Holds this server’s fair share of the shards. It renews them every 150 ms; one that was not renewed for 600 ms is
 * somebody else’s to take. Servers are counted by a lease that each has for itself; who has more than their share gives
 * back, who has less takes what is free.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #holder: string;
  readonly #workers = new Set<ShardWorker>();
  readonly #held = new Map<string, Guard>();
  /** On their way back: renewed while their work ends, and no longer begun. */
  readonly #leaving = new Set<string>();
  /** By our own clock, from before the renewal was asked for: never later than by the database’s. */
  #validUntil = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #cancel = () => {};
  #ticking: Promise<void> | undefined;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#holder = parts.chance.uuid();
  }

  /** Whether a key is this server’s to look after. */
  holds(key: string): boolean {
    return this.#held.has(shardOf(key));
  }

  /** What guards work on a key; nothing when it is not this server’s, or may not be any more. */
  guard(key: string): Guard | undefined {
    return this.#parts.clock.elapsed() < this.#validUntil ? this.#held.get(shardOf(key)) : undefined;
  }

  /** As `guard`, when the renewal is late: a server that is slow is waited for. */
  async renewedGuard(key: string): Promise<Guard | undefined> {
    // The first may have been under way for long.
    for (let times = 0; times < 2 && this.holds(key) && !this.#stopped && !this.guard(key); times++)
      await this.tick();
    return this.guard(key);
  }

  get shards(): Shards {
    return new Set(this.#held.keys());
  }

  join(worker: ShardWorker): void {
    this.#workers.add(worker);
    if (this.#held.size > 0) worker.gained(this.shards);
  }

  /** Renews, takes and gives back, now, and from then on by itself. */
  tick(): Promise<void> {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = undefined;
      this.#cancel();
      if (!this.#stopped) this.#cancel = this.#parts.clock.after(everyMs, () => void this.tick());
    });
    return this.#ticking;
  }

  /** Ends the work, then gives everything back, so that others go on at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#ticking;
    await this.#giveBack([...this.#held.keys()], [serverPrefix + this.#holder]);
  }

  async #tick(): Promise<void> {
    const { database, clock, log } = this.#parts;
    const asked = clock.elapsed();
    try {
      const leases = await database.renewLeases(this.#holder, ttlMs);
      this.#validUntil = asked + ttlMs;
      const epochs = new Map(leases.map(({ name, epoch }) => [name, epoch]));
      this.#lose([...this.#held.values()].filter(({ lease, epoch }) => epochs.get(lease) !== epoch));
      this.#adopt(leases);
      if (!epochs.has(serverPrefix + this.#holder)) await this.#take([serverPrefix + this.#holder]);
      await this.#balance(leases);
    } catch (error) {
      if (clock.elapsed() < this.#validUntil) return;
      if (this.#held.size > 0)
        log(`leases: not renewed, so this server reconciles nothing: ${String(error)}`);
      this.#lose([...this.#held.values()]);
    }
  }

  async #balance(leases: readonly Lease[]): Promise<void> {
    const living = leases.filter(({ remainingMs }) => remainingMs > 0);
    const others = living.filter(
      ({ name, holder }) => name.startsWith(serverPrefix) && holder !== this.#holder,
    );
    const share = Math.ceil(shardNames.length / (others.length + 1));
    const held = [...this.#held.keys()];
    if (held.length > share) void this.#giveBack(held.slice(share));
    const taken = new Set(living.map(({ name }) => name));
    const free = shardNames.filter(name => !taken.has(name) && !this.#held.has(name));
    await this.#take(free.slice(0, Math.max(0, share - held.length)));
  }

  async #take(names: readonly string[]): Promise<void> {
    if (names.length === 0 || this.#stopped) return;
    const { database, chance } = this.#parts;
    const epoch = chance.uuid();
    const got = await database.takeLeases(names, this.#holder, epoch, ttlMs);
    this.#gain(got.filter(name => !name.startsWith(serverPrefix)).map(lease => ({ lease, epoch })));
  }

  /**
   * Ours in the database and not known here: given up while it did not answer, or taken without an answer, or not given
   * back. Renewing keeps them from everybody else, so they must be worked on.
   */
  #adopt(leases: readonly Lease[]): void {
    if (this.#stopped) return;
    const strays = leases.filter(
      ({ name, holder }) =>
        holder === this.#holder &&
        !name.startsWith(serverPrefix) &&
        !this.#held.has(name) &&
        !this.#leaving.has(name),
    );
    this.#gain(strays.map(({ name, epoch }) => ({ lease: name, epoch })));
  }

  #gain(guards: readonly Guard[]): void {
    if (guards.length === 0) return;
    for (const guard of guards) this.#held.set(guard.lease, guard);
    const shards = new Set(guards.map(({ lease }) => lease));
    for (const worker of this.#workers) worker.gained(shards);
  }

  #lose(guards: readonly Guard[]): void {
    if (guards.length === 0) return;
    const shards = new Set(guards.map(({ lease }) => lease));
    for (const shard of shards) this.#held.delete(shard);
    for (const worker of this.#workers) {
      void worker.withdraw(shards);
      worker.abort(shards);
    }
  }

  /** The leases are renewed until nothing of the shards runs, or patience ends. */
  async #giveBack(shards: readonly string[], others: readonly string[] = []): Promise<void> {
    const { database, clock } = this.#parts;
    const leaving = new Set(shards);
    for (const shard of shards) {
      this.#held.delete(shard);
      this.#leaving.add(shard);
    }
    const ended = Promise.all([...this.#workers].map(worker => worker.withdraw(leaving)));
    await new Promise<void>(resolve => {
      const cancel = clock.after(patienceMs, resolve);
      void ended.then(() => {
        cancel();
        resolve();
      });
    });
    for (const worker of this.#workers) worker.abort(leaving);
    try {
      await database.releaseLeases([...shards, ...others], this.#holder);
      await database.tell(leasesReleased);
    } catch {
      // Renewed with the rest, they are found and worked on again, or given back again.
    } finally {
      for (const shard of shards) this.#leaving.delete(shard);
    }
  }
}
