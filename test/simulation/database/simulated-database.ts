import type { Batch, Database, Head, Lease, Listener, Turn } from '@causeway/engine';
import { PlatformError } from '@causeway/model';
import { DatabaseConnection, type DatabaseLink } from './database-connection.ts';
import type { DatabaseServer, Session } from './database-server.ts';

const reconnectMs = 250;

const kept = <T>(revision: number, found: T | undefined): T => {
  if (found === undefined) throw new PlatformError('Expired', `too old resource version: ${revision}`);
  return found;
};

const openTurn = (write: DatabaseConnection, server: DatabaseServer, session: Session, head: Head): Turn => ({
  head,
  changesAfter: async revision =>
    kept(revision, await write.query((_, answer) => answer(server.truth.changesAfter(revision)), session)),
  lost: guards => write.query((_, answer) => answer(server.lost(guards)), session),
  async commit(batch: Batch) {
    const staged = await write.query<boolean>((_, answer) => answer(server.stage(session, batch)), session);
    if (!staged) {
      await this.release();
      throw new PlatformError('Unavailable', 'the database refused the write');
    }
    await write.query<void>((_, answer) => {
      server.commit(
        session,
        () => session.staged && server.write(session.staged),
        () => answer(),
        session.staged,
      );
    }, session);
    session.staged = undefined;
  },
  release: () =>
    write.query<void>((_, answer) => {
      server.unlock(session);
      answer();
    }, session),
});

/** Listens on a connection of its own, which is made again whenever it is lost. */
const listen = (link: DatabaseLink, { onRevision, onMessage }: Listener): DatabaseConnection => {
  const connection = new DatabaseConnection(link);
  const { machine, scheduler, random } = link;
  let lastArrival = 0;
  const connect = async () => {
    const { session } = await connection.open();
    await connection.query<void>((listening, answer) => {
      listening.notify = (channel, payload) => {
        const delay = random.chance(0.02) ? random.between(0, 200) : link.latency();
        lastArrival = Math.max(lastArrival, scheduler.time + delay);
        machine.deliverAt(lastArrival, () => {
          if (!listening.alive || !listening.notify) return;
          if (channel === 'revision') onRevision(Number(payload));
          else onMessage(payload);
        });
      };
      answer();
    }, session);
    onRevision(undefined);
  };
  const reconnect = () => {
    connect().catch(error => {
      if (!(error as Error).message.endsWith('is closed')) machine.deliver(reconnectMs, reconnect);
    });
  };
  connection.onLost = reconnect;
  reconnect();
  return connection;
};

/** The engine’s database port over a simulated PostgreSQL: the same connections as the real one, the same statements. */
export const simulateDatabase = (link: DatabaseLink): Database => {
  const { server, scheduler } = link;
  const { truth } = server;
  const read = new DatabaseConnection(link);
  const write = new DatabaseConnection(link);
  const lease = new DatabaseConnection(link);
  const history = new DatabaseConnection(link);
  const connections = [read, write, lease, history];
  let loaded = false;
  const ask = <T>(answerOf: () => T): Promise<T> => read.query((_, answer) => answer(answerOf()));
  return {
    migrate: () => write.query<void>((_, answer) => answer()),
    time: () => lease.query((_, answer) => answer(server.now)),
    revision: () => ask(() => truth.head.revision),
    head: () => ask(() => truth.head),
    load() {
      if (loaded) scheduler.count('a server reads everything anew');
      loaded = true;
      return ask(() => ({ revision: truth.head.revision, objects: [...truth.objects.values()] }));
    },
    changesAfter: async revision => kept(revision, await ask(() => truth.changesAfter(revision))),
    commitAfter: (head, batch) =>
      write.query((session, answer) => server.commitAfter(session, head, batch, answer)),
    async lock() {
      const { head, session } = await write.query<{ head: Head; session: Session }>((session, answer) =>
        server.lock(session, () => answer({ head: server.writeHead, session })),
      );
      return openTurn(write, server, session, head);
    },
    async committed({ id, changes }) {
      if (changes.length === 0) return false;
      return write.query((session, answer) =>
        server.lock(session, () => {
          const found = truth.batches.has(id);
          scheduler.count(
            found
              ? 'a commit without an answer is looked up and was made'
              : 'a commit without an answer is looked up and was not made',
          );
          server.commit(
            session,
            () => {
              truth.head = { ...truth.head, fence: truth.head.fence + 1 };
            },
            () => answer(found),
          );
        }),
      );
    },
    readHistory: async query =>
      kept(query.after, await history.query((_, answer) => answer(truth.readHistory(query)))),
    revisionOfAge: ms =>
      history.query((_, answer) =>
        answer(truth.history.findLast(({ at }) => at <= scheduler.time - ms)?.revision ?? 0),
      ),
    async compact(upTo) {
      const floor = await history.query<number>((session, answer) =>
        server.lock(session, () => {
          const next = Math.max(truth.floor, Math.min(upTo, truth.head.revision));
          server.commit(
            session,
            () => {
              truth.floor = next;
            },
            () => answer(next),
          );
        }),
      );
      await history.query<void>((_, answer) => {
        truth.compact();
        answer();
      });
      return floor;
    },
    readAudit: (after, limit) => ask(() => truth.audits.slice(after, after + limit)),
    readLedger: query => ask(() => truth.readLedger(query)),
    readDecisions: query => history.query((_, answer) => answer(truth.decisions.read(query))),
    dropDecisions: before => history.query<void>((_, answer) => answer(truth.decisions.drop(before))),
    renewLeases: (holder, ttlMs) =>
      lease.query(({ client }, answer) => {
        const time = server.now;
        server.knowHolder(holder, client);
        const held: Lease[] = [];
        for (const [name, one] of truth.leases) {
          const expires = one.holder === holder ? time + ttlMs : one.expires;
          if (one.holder === holder) truth.leases.set(name, { ...one, expires });
          const remainingMs = expires > time + ttlMs ? -1 : expires - time;
          held.push({ name, holder: one.holder, epoch: one.epoch, remainingMs });
        }
        answer(held);
      }),
    takeLeases: (names, holder, epoch, ttlMs) =>
      lease.query((_, answer) => {
        const time = server.now;
        const free = names.filter(name => {
          const { expires = -1 } = truth.leases.get(name) ?? {};
          return expires < time || expires > time + ttlMs;
        });
        for (const name of free) truth.leases.set(name, { name, holder, epoch, expires: time + ttlMs });
        answer(free);
      }),
    releaseLeases: (names, holder) =>
      lease.query<void>((_, answer) => {
        for (const name of names) if (truth.leases.get(name)?.holder === holder) truth.leases.delete(name);
        answer();
      }),
    tell: message =>
      ask(() => {
        server.announce('message', message);
      }),
    listen(listener) {
      connections.push(listen(link, listener));
    },
    async close() {
      await Promise.all(connections.map(connection => connection.close()));
    },
  };
};
