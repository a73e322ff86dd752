import type { Replacement } from '../plants/plants.ts';

/** What could be wrong with the engine’s SQL, where simulation does not reach. */
export const sqlPlants: Readonly<Record<string, { readonly bug: string; readonly replace: Replacement }>> = {
  'forgotten-notify': {
    bug: 'a commit is not announced',
    replace: {
      file: 'sql/write-batch.ts',
      text: "SELECT pg_notify('causeway', n::text) FROM moved",
      by: 'SELECT n FROM moved',
    },
  },
  'no-lock': {
    bug: 'whoever takes a turn does not hold the revision row',
    replace: { file: 'sql/open-database.ts', text: 'FROM revision FOR UPDATE', by: 'FROM revision' },
  },
  'no-fence': {
    bug: 'a statement that arrives after its commit was looked up is still executed',
    replace: { file: 'sql/write-batch.ts', text: 'AND fence = $5', by: 'AND $5::bigint IS NOT NULL' },
  },
  'no-guard': {
    bug: 'a write counts although its lease is lost',
    replace: {
      file: 'sql/write-batch.ts',
      text: 'AND NOT EXISTS (${lostGuards(25)})',
      by: 'AND $25::text[] IS NOT NULL AND $26::uuid[] IS NOT NULL',
    },
  },
  'lease-stolen': {
    bug: 'a lease can be taken while its time is not over',
    replace: {
      file: 'sql/leases.ts',
      text: "WHERE lease.expires < clock_timestamp() OR ${beforeSetBack('lease.expires', 4)}",
      by: '',
    },
  },
  'gap-unseen': {
    bug: 'changes are read from a history that does not have them all',
    replace: { file: 'sql/history.ts', text: 'if (!found[0]?.kept)', by: 'if (found.length === 0)' },
  },
  'second-connection': {
    bug: 'a turn goes on with a new connection when its own breaks',
    replace: { file: 'sql/open-database.ts', text: 'lock(await write.pinned())', by: 'lock(write)' },
  },
  'lease-as-before': {
    bug: 'a renewal tells the leases as they were before it',
    replace: {
      file: 'sql/leases.ts',
      text: '${remaining} FROM renewed',
      by: '${remaining} FROM lease WHERE holder = $1',
    },
  },
};
