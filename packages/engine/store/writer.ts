import { isPlatformError, type KindObject, PlatformError } from '@causeway/model';
import { type AuditRecord, chainHash } from '../audit/audit-record.ts';
import type { Chance } from '../chance.ts';
import { type Clock, pause } from '../clock.ts';
import type { Batch, Database, Guard, Head, StoredChange, Turn } from '../database/database.ts';
import type { NewDecision } from '../decisions/decision-record.ts';
import { currentGuard, withoutLease } from '../lease/guard.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { BatchView, type View } from './batch-view.ts';
import type { Cache } from './cache.ts';
import type { Change } from './event-log.ts';
import { objectJson } from './object-json.ts';
import { deepFreeze } from './plain.ts';

export interface Decision {
  /** What is written. Its resourceVersion is set by the writer. */
  readonly write?: {
    readonly type: Change['type'];
    readonly kind: string;
    readonly object: KindObject;
    readonly audit?: Omit<AuditRecord, 'resourceVersion'> | undefined;
  };
  readonly ledger?: readonly LedgerEntry[];
  /** What policies said of it; recorded with it. */
  readonly decisions?: readonly NewDecision[];
  /** What the caller gets when nothing is written. */
  readonly object?: KindObject;
}

/** Decides one operation; synchronous, free of side effects, may run again. What it throws is the caller’s alone. */
export type Decide = (view: View) => Decision;

interface Pending {
  /** The lease of the work that writes this, if it has one. */
  readonly guard: Guard | undefined;
  readonly decide: Decide;
  readonly resolve: (object: KindObject | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: number;
}

interface Prepared {
  readonly changes: readonly Omit<Change, 'before'>[];
  /** Absent when there is nothing to write. */
  readonly batch: Batch | undefined;
  readonly outcomes: readonly (() => void)[];
}

const maxBatch = 512;
const patienceMs = 5000;
/** Characters of JSON. What is larger belongs into a repository or an artefact. */
const longestObject = 1024 * 1024;

const pauseMs = 100;

export interface WriterParts {
  readonly database: Database;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Whoever waits for an answer, watches or reconciles what was written goes on before the next batch is worked out. */
const othersTurn = (): Promise<void> => new Promise(resolve => process.nextTick(resolve));

const partition = <T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] => [
  all.filter(is),
  all.filter(one => !is(one)),
];

/** A reconciler’s: whatever it did not know yet wakes it again. */
const isWork = ({ guard }: Pending): boolean => guard !== undefined;

const tooLarge = (kind: string, name: string, length: number): PlatformError =>
  new PlatformError('TooLarge', `${kind} "${name}" would be ${length} characters long`, { kind, name });

/** Leaves out, with an error, whose lease is no longer theirs. */
const withLease = async (pending: readonly Pending[], turn: Turn): Promise<readonly Pending[]> => {
  const guards = pending.flatMap(({ guard }) => guard ?? []);
  if (guards.length === 0) return pending;
  const lost = new Set((await turn.lost(guards)).map(({ lease, epoch }) => epoch + lease));
  return pending.filter(({ guard, reject }) => {
    if (!guard || !lost.has(guard.epoch + guard.lease)) return true;
    reject(new PlatformError('Unavailable', 'another server does this work now', { retryAfterSeconds: 1 }));
    return false;
  });
};

/**
 * Writes batches, one at a time: however many writers wait, they share one commit and one fsync. Each operation decides
 * against the cache and succeeds or fails alone; what is decided counts only if the head has not moved meanwhile. If another
 * server was faster, the batch takes its turn, catches up and is decided again. When the connection breaks at a commit, the
 * batch’s id in the history says whether it happened; nothing is written twice.
 */
export class Writer {
  readonly #parts: WriterParts;
  /** As of our last commit; stale once another server writes. */
  #head: Head | undefined;
  #queue: Pending[] = [];
  #running = false;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  write(decide: Decide): Promise<KindObject | undefined> {
    if (this.#closed)
      return Promise.reject(
        new PlatformError('Unavailable', 'the server is stopping', { retryAfterSeconds: 1 }),
      );
    return new Promise((resolve, reject) => {
      this.#queue.push({
        guard: currentGuard(),
        decide,
        resolve,
        reject,
        deadline: this.#parts.clock.elapsed() + patienceMs,
      });
      if (!this.#running) void withoutLease(() => this.#run());
    });
  }

  /** Writes that no batch has taken yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Finishes what was accepted and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#running) await new Promise<void>(resolve => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Everyone who writes in the same turn of the event loop shares the first batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const pending = this.#nextBatch();
      try {
        if (!(await this.#commitAtOnce(pending))) await this.#commitInTurn(pending);
      } catch (error) {
        await this.#afterFailure(pending, error);
      }
      await othersTurn();
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Whoever waits for an answer goes before the reconcilers, but not for ever: an eighth of each batch is theirs. */
  #nextBatch(): readonly Pending[] {
    if (this.#queue.length <= maxBatch) return this.#queue.splice(0);
    const [work, asked] = partition(this.#queue, isWork);
    const forWork = Math.max(maxBatch / 8, maxBatch - asked.length);
    const batch = [...work.splice(0, forWork)];
    batch.unshift(...asked.splice(0, maxBatch - batch.length));
    this.#queue = [...asked, ...work];
    return batch;
  }

  async #afterFailure(pending: readonly Pending[], error: unknown): Promise<void> {
    const { clock } = this.#parts;
    this.#head = undefined;
    const expired = pending.filter(
      one => !isPlatformError(error, 'Unavailable') || clock.elapsed() > one.deadline,
    );
    for (const one of expired) one.reject(error);
    const again = pending.filter(one => !expired.includes(one));
    if (again.length === 0) return;
    this.#queue.unshift(...again);
    await pause(clock, pauseMs);
  }

  /**
   * One round trip, which succeeds if nobody else wrote since our last commit; none where reconcilers have nothing to
   * say that is not said.
   */
  async #commitAtOnce(pending: readonly Pending[]): Promise<boolean> {
    const { database, cache } = this.#parts;
    const head = this.#head;
    if (!head || head.revision !== cache.revision) return false;
    const prepared = this.#prepare(pending, head);
    const { batch } = prepared;
    if (batch) {
      if (!(await this.#known(batch, () => database.commitAfter(head, batch)))) return false;
    } else if (!pending.every(isWork) && (await database.revision()) !== head.revision) return false;
    this.#settle(prepared);
    return true;
  }

  async #commitInTurn(pending: readonly Pending[]): Promise<void> {
    const { database, cache } = this.#parts;
    const turn = await database.lock();
    let prepared: Prepared;
    try {
      if (turn.head.revision !== cache.revision) await cache.catchUp(turn, database);
      prepared = this.#prepare(await withLease(pending, turn), turn.head);
    } catch (error) {
      await turn.release().catch(() => {});
      throw error;
    }
    const { batch } = prepared;
    this.#head = turn.head;
    if (!batch) await turn.release();
    else
      await this.#known(batch, async () => {
        await turn.commit(batch);
        return true;
      });
    this.#settle(prepared);
  }

  /** The outcome of a commit; when it was not answered, what the database says of it then. */
  async #known(batch: Batch, commit: () => Promise<boolean>): Promise<boolean> {
    try {
      return await commit();
    } catch (error) {
      if (!isPlatformError(error, 'Unavailable') || !(await this.#wasCommitted(batch))) throw error;
      return true;
    }
  }

  #settle({ changes, batch, outcomes }: Prepared): void {
    const { cache } = this.#parts;
    if (batch) this.#head = batch.head;
    cache.apply(changes.filter(change => change.revision > cache.revision));
    for (const settle of outcomes) settle();
  }

  #prepare(pending: readonly Pending[], head: Head): Prepared {
    const { cache, chance } = this.#parts;
    const changes: Omit<Change, 'before'>[] = [];
    const stored: StoredChange[] = [];
    const audits: Batch['audits'][number][] = [];
    const ledger: LedgerEntry[] = [];
    const decisions: NewDecision[] = [];
    const outcomes: (() => void)[] = [];
    const view = new BatchView(cache);
    let { revision, auditSeq, auditHash } = head;
    const guards = new Map<string, Guard>();
    for (const { guard, decide, resolve, reject } of pending) {
      try {
        const { write, ledger: steps, decisions: judged, object: given } = decide(view);
        if (steps) ledger.push(...steps);
        if (guard && (write || steps || judged)) guards.set(guard.epoch + guard.lease, guard);
        if (!write) {
          if (judged) decisions.push(...judged);
          outcomes.push(() => resolve(given));
          continue;
        }
        const { type, kind, audit } = write;
        const resourceVersion = String(revision + 1);
        // What is frozen takes twice as long to write out.
        const record = audit && JSON.stringify({ ...audit, resourceVersion });
        const object = deepFreeze({
          ...write.object,
          metadata: { ...write.object.metadata, resourceVersion },
        });
        const data = objectJson(object);
        const { namespace = '', name } = object.metadata;
        if (data.length > longestObject) throw tooLarge(kind, name, data.length);
        if (judged) decisions.push(...judged);
        revision += 1;
        const before = view.put(kind, { namespace, name }, type === 'DELETED' ? undefined : object);
        changes.push({ revision, type, kind, object });
        stored.push({
          revision,
          type,
          kind,
          namespace,
          name,
          data,
          ...(before ? { previous: Number(before.metadata.resourceVersion) } : {}),
        });
        if (record) {
          auditSeq += 1;
          auditHash = chainHash(auditHash, auditSeq, record);
          audits.push({ seq: auditSeq, record, hash: auditHash });
        }
        outcomes.push(() => resolve(object));
      } catch (error) {
        outcomes.push(() => reject(error));
      }
    }
    const batch =
      changes.length === 0 && ledger.length === 0 && decisions.length === 0
        ? undefined
        : {
            id: chance.uuid(),
            head: { ...head, revision, auditSeq, auditHash },
            changes: stored,
            audits,
            ledger,
            decisions,
            guards: [...guards.values()],
          };
    return { changes, batch, outcomes };
  }

  /** Asks until the database answers or patience ends. */
  async #wasCommitted(batch: Batch): Promise<boolean> {
    const { database, clock } = this.#parts;
    const deadline = clock.elapsed() + patienceMs;
    for (;;) {
      try {
        return await database.committed(batch);
      } catch (error) {
        if (clock.elapsed() > deadline) throw error;
        await pause(clock, pauseMs);
      }
    }
  }
}
