import { PlatformError } from '@causeway/model';
import type { Batch, Database, Head, Listener, Turn } from '../database/database.ts';
import { Connection, type Row, type Sql } from './connection.ts';
import { changesAfter, historyOn } from './history.ts';
import { leasesOn } from './leases.ts';
import { dropDecisions, readDecisions } from './read-decisions.ts';
import { readLedger } from './read-ledger.ts';
import { checkSchema, migrate } from './schema.ts';
import { batchValues, guardValues, lostGuards, writeBatch } from './write-batch.ts';

const revisionChannel = 'causeway';
const messageChannel = 'causeway_message';

const headColumns = 'n, fence, audit_seq, audit_hash';

const headOf = (row: Row | undefined): Head => ({
  revision: Number(row?.n),
  fence: Number(row?.fence),
  auditSeq: Number(row?.audit_seq),
  auditHash: String(row?.audit_hash),
});

/** A transaction that failed must not stay open on a connection that goes on. */
const undo = async (sql: Sql): Promise<void> => {
  await sql.query('ROLLBACK').catch(() => {});
};

/** @param sql one connection and no other: a transaction that begins on it must also end on it. */
const lock = async (sql: Sql): Promise<Turn> => {
  let head: Head;
  try {
    // What is read once the row is locked is of now, and not of before the wait for it.
    const [row] = await sql.query(
      `BEGIN; SELECT n FROM revision FOR UPDATE; SELECT ${headColumns}, version, compatible_from FROM revision, schema_version`,
    );
    checkSchema(row);
    head = headOf(row);
  } catch (error) {
    await undo(sql);
    throw error;
  }
  return {
    head,
    changesAfter: revision => changesAfter(sql, revision),
    async lost(guards) {
      const rows = await sql.query(lostGuards(1), guardValues(guards));
      return rows.map(row => ({ lease: String(row.name), epoch: String(row.epoch) }));
    },
    async commit(batch: Batch) {
      try {
        const written = await sql.query(writeBatch(batch), batchValues(head, batch));
        if (written.length !== 1) throw new PlatformError('Unavailable', 'the database refused the write');
        await sql.query('COMMIT');
      } catch (error) {
        await undo(sql);
        throw error;
      }
    },
    async release() {
      await sql.query('ROLLBACK');
    },
  };
};

const committed = async (sql: Sql, { id, changes }: Batch): Promise<boolean> => {
  const first = changes[0]?.revision;
  if (first === undefined) return false; // ledger entries and decisions alone are idempotent: writing them again is harmless
  // The update waits for a transaction that is still ending, and refuses one that has yet to begin.
  const [row] = await sql.query(
    `BEGIN; UPDATE revision SET fence = fence + 1; SELECT count(*) AS found FROM history WHERE rv = ${first} AND batch = '${id}'; COMMIT`,
  );
  return Number(row?.found) === 1;
};

/** Listens on a connection of its own, which is made again whenever it is lost. */
const listen = (connectionString: string, { onRevision, onMessage }: Listener): Connection => {
  const connection = new Connection(connectionString, 'listen', async client => {
    client.on('notification', ({ channel, payload = '' }) =>
      channel === messageChannel ? onMessage(payload) : onRevision(Number(payload)),
    );
    await client.query(`LISTEN ${revisionChannel}; LISTEN ${messageChannel}`);
    onRevision(undefined);
  });
  const reconnect = () => {
    connection.open().catch(error => {
      if ((error as Error).message.endsWith('is closed')) return;
      setTimeout(reconnect, 250).unref();
    });
  };
  connection.onLost = reconnect;
  reconnect();
  return connection;
};

/** Opens a database by its connection string: a connection to read, one to write, one for leases, one for the history, whose reads may last, one to listen. Nothing is connected until used. */
export const openDatabase = (connectionString: string): Database => {
  const read = new Connection(connectionString, 'read');
  const write = new Connection(connectionString, 'write');
  const lease = new Connection(connectionString, 'lease');
  const history = new Connection(connectionString, 'history');
  const connections = [read, write, lease, history];
  return {
    migrate: async () => migrate(await write.pinned()),
    time: async () =>
      Number((await lease.query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now'))[0]?.now),
    revision: async () => Number((await read.query('SELECT n FROM revision'))[0]?.n),
    head: async () => headOf((await read.query(`SELECT ${headColumns} FROM revision`))[0]),
    async load() {
      const rows = await read.query(
        'SELECT r.n, o.kind, o.namespace, o.name, o.data FROM revision r LEFT JOIN object o ON true',
      );
      const objects = rows.filter(row => row.kind !== null) as never[];
      return { revision: Number(rows[0]?.n ?? 0), objects };
    },
    changesAfter: revision => changesAfter(read, revision),
    commitAfter: async (head, batch) =>
      (await write.query(writeBatch(batch), batchValues(head, batch))).length === 1,
    lock: async () => lock(await write.pinned()),
    committed: batch => committed(write, batch),
    async readAudit(after, limit) {
      const rows = await read.query(
        'SELECT seq, record, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
        [after, limit],
      );
      return rows.map(row => ({
        seq: Number(row.seq),
        record: String(row.record),
        hash: String(row.hash),
      }));
    },
    readLedger: query => readLedger(read, query),
    readDecisions: query => readDecisions(history, query),
    dropDecisions: before => dropDecisions(history, before),
    ...historyOn(history),
    ...leasesOn(lease),
    async tell(message) {
      await read.query('SELECT pg_notify($1, $2)', [messageChannel, message]);
    },
    listen(listener) {
      connections.push(listen(connectionString, listener));
    },
    async close() {
      await Promise.all(connections.map(connection => connection.close()));
    },
  };
};
