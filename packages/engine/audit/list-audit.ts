import type { Snapshot } from '../sql/snapshot.ts';
import type { AuditRecord } from './audit-record.ts';

export interface AuditQuery {
  /** Records of that time and later, RFC 3339. */
  readonly since?: string;
  /** Who did it, or on whose behalf. */
  readonly user?: string;
  /** A kind’s plural and group: `services.causeway.dev`. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Records before this number. */
  readonly before?: number;
  readonly limit: number;
}

export type ListedRecord = AuditRecord & { readonly seq: number };

const pageRows = 2000;

const wanted =
  ({ user, kind, namespace, name }: AuditQuery) =>
  (record: AuditRecord): boolean =>
    (user === undefined || record.actor.user === user || record.actor.onBehalfOf === user) &&
    (kind === undefined || record.kind === kind) &&
    (namespace === undefined || record.namespace === namespace) &&
    (name === undefined || record.name === name);

/** Audit records that match, the newest first. Records are text, which PostgreSQL does not look into: any of them may have been changed. */
export const listAudit = async (snapshot: Snapshot, query: AuditQuery): Promise<ListedRecord[]> => {
  const matches = wanted(query);
  const since = query.since === undefined ? undefined : Date.parse(query.since);
  const found: ListedRecord[] = [];
  let before = query.before ?? snapshot.head.auditSeq + 1;
  for (;;) {
    const page = await snapshot.query(
      'SELECT seq, record FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2',
      [before, pageRows],
    );
    for (const { seq, record: text } of page) {
      const record = JSON.parse(text as string) as AuditRecord;
      if (since !== undefined && Date.parse(record.at) < since) return found;
      if (matches(record)) found.push({ seq: Number(seq), ...record });
      if (found.length === query.limit) return found;
    }
    if (page.length < pageRows) return found;
    before = Number(page.at(-1)?.seq);
  }
};
