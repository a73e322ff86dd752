import type { Database } from '@causeway/engine';

/** What one server was told by the others. */
export interface Heard {
  /** In order; `missed` when some may have been missed, because it listens on a new connection. */
  readonly notices: (number | string)[];
}

/** Two servers on one database, real or simulated, as a script drives them. */
export interface PortWorld {
  readonly servers: readonly { readonly database: Database; readonly heard: Heard }[];
  /** The result, once there is one. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Whether this waits for the row that another server holds. Decided only when it has either got it or stands waiting. */
  waits(work: Promise<unknown>): Promise<boolean>;
  until(holds: () => boolean): Promise<void>;
  /** The database ends all connections. */
  breakConnections(): Promise<void>;
  /** All of the history becomes so old that compaction may drop it. */
  age(): Promise<void>;
  close(): Promise<void>;
}

export const hear = (database: Database): Heard => {
  const heard: Heard = { notices: [] };
  database.listen({
    onRevision: revision => heard.notices.push(revision ?? 'missed'),
    onMessage: message => heard.notices.push(message),
  });
  return heard;
};
