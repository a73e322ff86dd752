import type { Head, StoredAudit } from '../database/database.ts';
import { chainHash } from './audit-record.ts';

export interface AuditVerdict {
  /** How many records fit, from the first on. */
  readonly records: number;
  /** The first record that does not fit the chain: it, or one where it should be, was changed, removed or inserted. */
  readonly brokenAt?: number;
}

/** Walks a chain up to the head that the revision row names. What follows later is not looked at. */
export const verifyChain = async (
  records: AsyncIterable<StoredAudit>,
  { auditSeq, auditHash }: Pick<Head, 'auditSeq' | 'auditHash'>,
): Promise<AuditVerdict> => {
  let hash = '';
  let fits = 0;
  for await (const { seq, record, hash: stored } of records) {
    if (fits === auditSeq) break;
    hash = chainHash(hash, fits + 1, record);
    if (seq !== fits + 1 || stored !== hash) return { records: fits, brokenAt: fits + 1 };
    fits += 1;
  }
  if (fits < auditSeq) return { records: fits, brokenAt: fits + 1 };
  // A chain that was made anew from some record on fits itself, but not the head; where it began nothing shows.
  return hash === auditHash ? { records: fits } : { records: fits, brokenAt: fits };
};
