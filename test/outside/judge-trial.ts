import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { History } from './history.ts';
import { judgeLists, judgeOrder } from './judge-lists.ts';
import { judgeWatch } from './judge-watches.ts';
import { judgeWrites } from './judge-writes.ts';
import { historyLine, judgeLinearizability } from './linearizability.ts';
import { readTruth } from './truth.ts';
import { withClient, withEngine } from './with-database.ts';

export interface Verdict {
  /** What was promised and did not hold; nothing when all is well. */
  readonly problems: readonly string[];
  readonly acknowledged: number;
  /** Writes that were never answered, and how many of them took effect. */
  readonly unknown: number;
  readonly happened: number;
  readonly revision: number;
  readonly auditRecords: number;
  /** What the linearizability checker said. */
  readonly checker: string;
}

/**
 * Compares all that clients and watchers were told with what the database holds, now that nobody writes any more.
 * @param watchedTo the revision up to which every watcher must have come.
 * @param folder where the history of single objects is left, and pictures of what is wrong with it.
 */
export const judgeTrial = async (
  history: History,
  connectionString: string,
  watchedTo: number,
  folder: string,
): Promise<Verdict> => {
  const truth = await withClient(connectionString, readTruth);
  const writes = judgeWrites(history.operations, truth);
  const file = join(folder, 'history.jsonl');
  await writeFile(
    file,
    writes.resolved.map(operation => `${historyLine(operation)}\n`),
  );
  const { linearizable, text } = await judgeLinearizability(file, folder);
  const audit = await withEngine(connectionString, engine => engine.verifyAudit());
  return {
    problems: [
      ...history.surprises,
      ...writes.problems,
      ...judgeLists(history.listings, truth),
      ...judgeOrder(writes.resolved, history.listings),
      ...history.watched.flatMap(watched => judgeWatch(watched, truth, watchedTo)),
      ...(linearizable ? [] : [`[ENG12] ${text}`]),
      ...(audit.brokenAt === undefined ? [] : [`[ENG8] the audit chain is broken at ${audit.brokenAt}`]),
    ],
    acknowledged: writes.acknowledged,
    unknown: writes.unknown,
    happened: writes.happened,
    revision: truth.revision,
    auditRecords: audit.records,
    checker: text,
  };
};
