import type { PlainRoute } from '@causeway/api';
import {
  type AuditQuery,
  type Database,
  type Engine,
  listAudit,
  openSnapshot,
  readStatistics,
  type Snapshot,
  verifyDatabase,
} from '@causeway/engine';
import { durationMs, type KindDefinition, PlatformError, parseDuration } from '@causeway/model';
import { verifyFiles } from './verify-files.ts';

export interface AdministrationParts {
  readonly engine: Engine;
  readonly database: Pick<Database, 'revisionOfAge'>;
  readonly databaseUrl: string;
  readonly kinds: readonly KindDefinition[];
  readonly data: string;
}

const mostRecords = 1000;
const usualRecords = 100;

const numberIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PlatformError('BadRequest', `${name} must be a whole number`);
};

const auditQuery = (query: URLSearchParams): AuditQuery => {
  const text = (name: 'since' | 'user' | 'kind' | 'namespace' | 'name') => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  const since = query.get('since');
  if (since !== null && Number.isNaN(Date.parse(since)))
    throw new PlatformError('BadRequest', 'since must be a time such as 2026-01-31T00:00:00Z');
  const before = numberIn(query, 'before');
  const limit = Math.min(mostRecords, Math.max(1, numberIn(query, 'limit') ?? usualRecords));
  return {
    ...text('since'),
    ...text('user'),
    ...text('kind'),
    ...text('namespace'),
    ...text('name'),
    ...(before === undefined ? {} : { before }),
    limit,
  };
};

/** `{"revision": 12}` or `{"olderThan": "7d"}`. */
const compactionOf = (body: unknown): { revision: number } | { olderThanMs: number } => {
  const { revision, olderThan, ...more } = { ...(body as Record<string, unknown> | undefined) };
  const one = (revision === undefined) !== (olderThan === undefined) && Object.keys(more).length === 0;
  if (one && Number.isSafeInteger(revision) && Number(revision) >= 0) return { revision: Number(revision) };
  if (one && typeof olderThan === 'string' && parseDuration(olderThan) !== undefined)
    return { olderThanMs: durationMs(olderThan) };
  throw new PlatformError('BadRequest', 'the body must be {"revision": 12} or {"olderThan": "7d"}');
};

/** Looking after the platform itself: for the owners of the team `platform`. */
export const administrationRoutes = (parts: AdministrationParts): PlainRoute[] => {
  const { engine, database, databaseUrl, kinds, data } = parts;
  const withSnapshot = async <T>(use: (snapshot: Snapshot) => Promise<T>): Promise<T> => {
    const snapshot = await openSnapshot(databaseUrl);
    try {
      return await use(snapshot);
    } finally {
      await snapshot.close();
    }
  };

  async function* verify(signal: AbortSignal): AsyncGenerator<string> {
    const snapshot = await openSnapshot(databaseUrl);
    try {
      for await (const examination of verifyDatabase(snapshot, kinds)) {
        if (signal.aborted) return;
        yield `${JSON.stringify(examination)}\n`;
      }
    } finally {
      await snapshot.close();
    }
    for await (const examination of verifyFiles(engine.store, data, signal))
      yield `${JSON.stringify(examination)}\n`;
  }

  return [
    {
      method: 'GET',
      path: '/api/audit',
      role: 'owner',
      handle: async ({ query }) => {
        const wanted = auditQuery(query);
        return { records: await withSnapshot(snapshot => listAudit(snapshot, wanted)) };
      },
    },
    {
      method: 'GET',
      path: '/api/audit/verification',
      role: 'owner',
      handle: () => engine.verifyAudit(),
    },
    {
      method: 'GET',
      path: '/api/administration/verification',
      role: 'owner',
      // One JSON document a line, each as soon as it is known.
      contentType: 'application/x-ndjson',
      handle: async ({ signal }) => verify(signal),
    },
    {
      method: 'GET',
      path: '/api/administration/statistics',
      role: 'owner',
      handle: () => withSnapshot(readStatistics),
    },
    {
      method: 'POST',
      path: '/api/administration/compaction',
      role: 'owner',
      async handle({ body }) {
        const wanted = compactionOf(await body());
        const upTo =
          'revision' in wanted ? wanted.revision : await database.revisionOfAge(wanted.olderThanMs);
        return { historyFrom: await engine.compact(upTo) };
      },
    },
  ];
};
