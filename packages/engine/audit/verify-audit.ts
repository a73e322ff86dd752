import type { Sql } from '../sql/database.ts';
import { chainHash } from './audit-record.ts';

export interface AuditVerdict {
  readonly records: number;
  /** The first record that does not fit the chain. */
  readonly brokenAt?: number;
}

/** Walks the whole chain, a page at a time, up to the head that the revision row names. */
export const verifyAudit = async (sql: Sql): Promise<AuditVerdict> => {
  const [head] = await sql.query('SELECT audit_seq, audit_hash FROM revision');
  const last = Number(head?.audit_seq ?? 0);
  let hash = '';
  for (let seq = 0; seq < last; ) {
    const rows = await sql.query(
      'SELECT seq, record, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT 1000',
      [seq],
    );
    if (rows.length === 0) return { records: seq, brokenAt: seq + 1 };
    for (const row of rows) {
      hash = chainHash(hash, seq + 1, row.record as string);
      if (Number(row.seq) !== seq + 1 || row.hash !== hash) return { records: seq, brokenAt: seq + 1 };
      seq += 1;
    }
  }
  return hash === (head?.audit_hash ?? '') ? { records: last } : { records: last, brokenAt: last };
};
