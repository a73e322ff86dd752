import { randomUUID } from 'node:crypto';
import { isPlatformError, type KindObject, type ObjectKey, PlatformError } from '@causeway/model';
import { type AuditRecord, chainHash } from '../audit/audit-record.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Database } from '../sql/database.ts';
import type { Cache } from './cache.ts';
import type { Change } from './event-log.ts';
import { deepFreeze } from './plain.ts';

/** The truth under the write lock, with what earlier operations of the batch made of it. */
export interface View {
  get(kind: string, key: ObjectKey): KindObject | undefined;
}

export interface Decision {
  /** What is written. Its resourceVersion is set by the writer. */
  readonly write?: {
    readonly type: Change['type'];
    readonly kind: string;
    readonly object: KindObject;
    readonly audit?: Omit<AuditRecord, 'resourceVersion'> | undefined;
  };
  readonly ledger?: readonly LedgerEntry[];
  /** What the caller gets when nothing is written. */
  readonly object?: KindObject;
}

/** Decides one operation; synchronous, free of side effects, may run again. What it throws is the caller’s alone. */
export type Decide = (view: View) => Decision;

interface Pending {
  readonly decide: Decide;
  readonly resolve: (object: KindObject | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: number;
}

interface Prepared {
  readonly changes: Omit<Change, 'before'>[];
  readonly audits: { seq: number; record: string; hash: string }[];
  readonly ledger: LedgerEntry[];
  readonly outcomes: (() => void)[];
}

const writeBatch = `
WITH moved AS (UPDATE revision SET n = $1, audit_seq = $2, audit_hash = $3),
h AS (INSERT INTO history (rv, batch, type, kind, namespace, name, data)
  SELECT rv, $4::uuid, type, kind, namespace, name, data
  FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS t(rv, type, kind, namespace, name, data)),
latest AS (SELECT DISTINCT ON (kind, namespace, name) *
  FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) AS t(rv, type, kind, namespace, name, data)
  ORDER BY kind, namespace, name, rv DESC),
put AS (INSERT INTO object (kind, namespace, name, rv, data)
  SELECT kind, namespace, name, rv, data FROM latest WHERE type <> 'DELETED'
  ON CONFLICT (kind, namespace, name) DO UPDATE SET rv = excluded.rv, data = excluded.data),
gone AS (DELETE FROM object o USING latest l
  WHERE l.type = 'DELETED' AND o.kind = l.kind AND o.namespace = l.namespace AND o.name = l.name),
a AS (INSERT INTO audit (seq, record, hash) SELECT * FROM unnest($11::bigint[], $12::text[], $13::text[])),
l AS (INSERT INTO ledger (id, at, type, team, service, environment, actor, data)
  SELECT * FROM unnest($14::text[], $15::timestamptz[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])
  ON CONFLICT (id) DO NOTHING)
SELECT pg_notify('causeway', $1::text)`;

const maxBatch = 512;
const patienceMs = 5000;

/**
 * Writes batches, one at a time: however many writers wait, they share one transaction and one fsync. The revision row
 * is locked first, so revisions have no gaps and are visible in order (never a sequence). Each operation of a
 * batch succeeds or fails alone. When the connection breaks at commit, the batch’s id in the history says whether
 * it happened; nothing is written twice.
 */
export class Writer {
  readonly #database: Database;
  readonly #cache: Cache;
  #queue: Pending[] = [];
  #running = false;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(database: Database, cache: Cache) {
    this.#database = database;
    this.#cache = cache;
  }

  write(decide: Decide): Promise<KindObject | undefined> {
    if (this.#closed)
      return Promise.reject(
        new PlatformError('Unavailable', 'the server is stopping', { retryAfterSeconds: 1 }),
      );
    return new Promise((resolve, reject) => {
      this.#queue.push({ decide, resolve, reject, deadline: performance.now() + patienceMs });
      if (!this.#running) void this.#run();
    });
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
      const batch = this.#queue.splice(0, maxBatch);
      try {
        await this.#commit(batch);
      } catch (error) {
        await this.#afterFailure(batch, error);
      }
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #afterFailure(batch: Pending[], error: unknown): Promise<void> {
    const expired = batch.filter(
      one => !isPlatformError(error, 'Unavailable') || performance.now() > one.deadline,
    );
    for (const one of expired) one.reject(error);
    const again = batch.filter(one => !expired.includes(one));
    if (again.length === 0) return;
    this.#queue.unshift(...again);
    await new Promise(resolve => setTimeout(resolve, 100));
  }

  async #commit(batch: Pending[]): Promise<void> {
    const sql = this.#database.write;
    const [head] = await sql.query('BEGIN; SELECT n, audit_seq, audit_hash FROM revision FOR UPDATE');
    if (Number(head?.n) !== this.#cache.revision) await this.#cache.catchUp(sql);
    const prepared = this.#prepare(batch, Number(head?.audit_seq), String(head?.audit_hash));
    if (prepared.changes.length === 0 && prepared.ledger.length === 0) {
      await sql.query('ROLLBACK');
    } else {
      const id = randomUUID();
      try {
        await this.#store(prepared, id, Number(head?.audit_seq), String(head?.audit_hash));
        await sql.query('COMMIT');
      } catch (error) {
        if (!isPlatformError(error, 'Unavailable')) await sql.query('ROLLBACK').catch(() => {});
        if (!(isPlatformError(error, 'Unavailable') && (await this.#wasCommitted(prepared, id)))) throw error;
      }
      this.#cache.apply(prepared.changes.filter(change => change.revision > this.#cache.revision));
    }
    for (const settle of prepared.outcomes) settle();
  }

  #prepare(batch: readonly Pending[], auditSeq: number, auditHash: string): Prepared {
    const prepared: Prepared = { changes: [], audits: [], ledger: [], outcomes: [] };
    const written = new Map<string, KindObject | undefined>();
    const place = (kind: string, key: ObjectKey) => `${kind}\n${key.namespace}/${key.name}`;
    const view: View = {
      get: (kind, key) => {
        const at = place(kind, key);
        return written.has(at) ? written.get(at) : this.#cache.get(kind, key);
      },
    };
    let revision = this.#cache.revision;
    let seq = auditSeq;
    let hash = auditHash;
    for (const { decide, resolve, reject } of batch) {
      try {
        const { write, ledger, object } = decide(view);
        prepared.ledger.push(...(ledger ?? []));
        if (!write) {
          prepared.outcomes.push(() => resolve(object));
          continue;
        }
        revision += 1;
        const stored = deepFreeze({
          ...write.object,
          metadata: { ...write.object.metadata, resourceVersion: String(revision) },
        });
        const { namespace = '', name } = stored.metadata;
        written.set(place(write.kind, { namespace, name }), write.type === 'DELETED' ? undefined : stored);
        prepared.changes.push({ revision, type: write.type, kind: write.kind, object: stored });
        if (write.audit) {
          const record = JSON.stringify({ ...write.audit, resourceVersion: String(revision) });
          seq += 1;
          hash = chainHash(hash, seq, record);
          prepared.audits.push({ seq, record, hash });
        }
        prepared.outcomes.push(() => resolve(stored));
      } catch (error) {
        prepared.outcomes.push(() => reject(error));
      }
    }
    return prepared;
  }

  async #store(
    { changes, audits, ledger }: Prepared,
    id: string,
    auditSeq: number,
    auditHash: string,
  ): Promise<void> {
    await this.#database.write.query(writeBatch, [
      changes.at(-1)?.revision ?? this.#cache.revision,
      audits.at(-1)?.seq ?? auditSeq,
      audits.at(-1)?.hash ?? auditHash,
      id,
      changes.map(change => change.revision),
      changes.map(change => change.type),
      changes.map(change => change.kind),
      changes.map(change => change.object.metadata.namespace ?? ''),
      changes.map(change => change.object.metadata.name),
      changes.map(change => JSON.stringify(change.object)),
      audits.map(audit => audit.seq),
      audits.map(audit => audit.record),
      audits.map(audit => audit.hash),
      ledger.map(entry => entry.id),
      ledger.map(entry => entry.at),
      ledger.map(entry => entry.type),
      ledger.map(entry => entry.team),
      ledger.map(entry => entry.service),
      ledger.map(entry => entry.environment ?? ''),
      ledger.map(entry => entry.actor),
      ledger.map(entry => JSON.stringify(entry.data ?? {})),
    ]);
  }

  /** Whether a batch whose commit was not answered is there all the same. Asks until the database answers or patience ends. */
  async #wasCommitted({ changes }: Prepared, id: string): Promise<boolean> {
    const first = changes[0]?.revision;
    if (first === undefined) return false; // ledger entries alone are idempotent: writing them again is harmless
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        // The lock waits for a transaction of the old connection that is still ending.
        const [row] = await this.#database.write.query(
          `BEGIN; SELECT n FROM revision FOR UPDATE; SELECT count(*) AS found FROM history WHERE rv = ${first} AND batch = '${id}'; ROLLBACK`,
        );
        return Number(row?.found) === 1;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  }
}
