import { EnvironmentKind, kindId, ServiceKind } from '@causeway/model';
import type pg from 'pg';
import type { Seen, WatchedEvent, WatchedKind } from './history.ts';
import { type RawObject, seenObject } from './seen-object.ts';

/** An audit record, as far as it is compared. */
export interface Audited {
  readonly user: string;
  readonly verb: string;
  readonly uid: string;
}

/** What the database says happened, read when all is over. */
export interface Truth {
  /** The newest revision. */
  readonly revision: number;
  /** Changes of the watched kinds, in the order of their revisions. */
  readonly events: readonly WatchedEvent[];
  /** Revisions of other kinds are counted, too: none may be missing. Each entry is a gap found. */
  readonly gaps: readonly string[];
  /** The table of objects, by key. */
  readonly objects: readonly Seen[];
  /** By the revision that the record names. */
  readonly audit: ReadonlyMap<number, Audited>;
}

const plurals = new Map<string, WatchedKind>([
  [kindId(ServiceKind), 'services'],
  [kindId(EnvironmentKind), 'environments'],
]);

const pageSize = 5000;

export const readTruth = async (client: pg.Client): Promise<Truth> => {
  const events: WatchedEvent[] = [];
  const gaps: string[] = [];
  const head = await client.query('SELECT n FROM revision');
  const revision = Number(head.rows[0].n);
  let last = 0;
  for (;;) {
    const { rows } = await client.query(
      'SELECT rv, type, kind, data FROM history WHERE rv > $1 ORDER BY rv LIMIT $2',
      [last, pageSize],
    );
    for (const row of rows) {
      const version = Number(row.rv);
      if (version !== last + 1) gaps.push(`after revision ${last} comes ${version}`);
      last = version;
      const kind = plurals.get(row.kind);
      if (!kind) continue;
      const object = seenObject(kind, JSON.parse(row.data) as RawObject);
      if (object.version !== version)
        gaps.push(`revision ${version} holds an object of version ${object.version}`);
      events.push({ type: row.type, object });
    }
    if (rows.length < pageSize) break;
  }
  if (last !== revision) gaps.push(`the newest revision is ${revision}, and the history ends at ${last}`);
  const objects = await client.query('SELECT kind, data FROM object');
  return {
    revision,
    events,
    gaps,
    objects: objects.rows.flatMap(({ kind: id, data }) => {
      const kind = plurals.get(id);
      return kind ? [seenObject(kind, JSON.parse(data) as RawObject)] : [];
    }),
    audit: await readAudit(client),
  };
};

const readAudit = async (client: pg.Client): Promise<Map<number, Audited>> => {
  const audit = new Map<number, Audited>();
  for (let last = 0; ; ) {
    const { rows } = await client.query(
      'SELECT seq, record FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2',
      [last, pageSize],
    );
    for (const row of rows) {
      const { actor, verb, uid, resourceVersion } = JSON.parse(row.record);
      audit.set(Number(resourceVersion), { user: actor.user, verb, uid });
      last = Number(row.seq);
    }
    if (rows.length < pageSize) return audit;
  }
};
