import type { Database } from '../database/database.ts';
import { chainHash } from './audit-record.ts';

/** What is wrong with the newest record of the audit chain, in a few words; `undefined` when it is right. Quick: it reads two records. */
export const auditHeadProblem = async (database: Database): Promise<string | undefined> => {
  // A record may come between the two questions; the head then is not the newest, and still must fit.
  const { auditSeq, auditHash } = await database.head();
  if (auditSeq === 0) return undefined;
  const records = await database.readAudit(Math.max(0, auditSeq - 2), Math.min(2, auditSeq));
  const last = records.find(({ seq }) => seq === auditSeq);
  if (!last) return `the audit record ${auditSeq}, the newest, is missing`;
  const before = records.find(({ seq }) => seq === auditSeq - 1);
  if (!before && auditSeq > 1) return `the audit record ${auditSeq - 1} is missing`;
  const fits = chainHash(before?.hash ?? '', auditSeq, last.record) === last.hash && last.hash === auditHash;
  return fits ? undefined : `the audit record ${auditSeq}, the newest, was changed`;
};
