import type { Database, StoredAudit } from '../database/database.ts';
import { type AuditVerdict, verifyChain } from './verify-chain.ts';

const pageSize = 1000;

async function* recordsOf(database: Pick<Database, 'readAudit'>): AsyncGenerator<StoredAudit> {
  for (let after = 0; ; ) {
    const page = await database.readAudit(after, pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.seq ?? after;
  }
}

/** Walks the whole chain, a page at a time, up to the head that the revision row names. */
export const verifyAudit = async (database: Pick<Database, 'head' | 'readAudit'>): Promise<AuditVerdict> =>
  verifyChain(recordsOf(database), await database.head());
