import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { keptTablesOf, type Snapshot } from '@causeway/engine';

/** Where the rows of a table lie in an archive: a line each, as JSON. */
export const tableMember = (table: string): string => `database/${table}.jsonl`;

async function* withEnds(rows: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const row of rows) yield `${row}\n`;
}

export const stageDatabase = async (
  snapshot: Snapshot,
  staging: string,
  signal?: AbortSignal,
): Promise<void> => {
  await mkdir(join(staging, 'database'), { mode: 0o700 });
  for (const table of keptTablesOf(snapshot.schema))
    await pipeline(
      withEnds(snapshot.rows(table)),
      createWriteStream(join(staging, tableMember(table)), { mode: 0o600 }),
      ...(signal ? [{ signal }] : []),
    );
};
