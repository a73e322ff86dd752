import { type AuditVerdict, type StoredAudit, verifyChain } from '@causeway/engine';
import { damaged, readMember } from './read-archive.ts';

/** Verifies the audit chain of an archive, from its rows up to the head that its manifest names. */
export const auditChainIn = async (file: string): Promise<AuditVerdict> => {
  let verdict: AuditVerdict | undefined;
  async function* records(lines: AsyncIterable<string>): AsyncGenerator<StoredAudit> {
    for await (const line of lines) yield JSON.parse(line) as StoredAudit;
  }
  await readMember(file, 'database/audit.jsonl', async ({ database }, lines) => {
    verdict = await verifyChain(records(lines), database.head);
  });
  if (verdict === undefined) throw damaged(file, 'it holds no audit');
  return verdict;
};
