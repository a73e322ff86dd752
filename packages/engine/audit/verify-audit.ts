import type { Database } from '../database/database.ts';
import { chainHash } from './audit-record.ts';

export interface AuditVerdict {
  readonly records: number;
  /** The first record that does not fit the chain. */
  readonly brokenAt?: number;
}

const pageSize = 1000;

/** Walks the whole chain, a page at a time, up to the head that the revision row names. */
export const verifyAudit = async (database: Database): Promise<AuditVerdict> => {
  const head = await database.head();
  let hash = '';
  for (let seq = 0; seq < head.auditSeq; ) {
    const page = await database.readAudit(seq, pageSize);
    if (page.length === 0) return { records: seq, brokenAt: seq + 1 };
    for (const audit of page.slice(0, head.auditSeq - seq)) {
      hash = chainHash(hash, seq + 1, audit.record);
      if (audit.seq !== seq + 1 || audit.hash !== hash) return { records: seq, brokenAt: seq + 1 };
      seq += 1;
    }
  }
  const records = head.auditSeq;
  return hash === head.auditHash ? { records } : { records, brokenAt: records };
};
