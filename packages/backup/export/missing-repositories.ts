import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf } from '../archive/read-archive.ts';
import { tableMember } from './stage-database.ts';

/** Services of the staged rows that say where to clone them, and whose repository was not staged. */
export const missingRepositories = async (staging: string): Promise<string[]> => {
  const missing: string[] = [];
  for await (const line of linesOf(createReadStream(join(staging, tableMember('object'))))) {
    const row = JSON.parse(line) as { kind: string; namespace: string; name: string; data: string };
    if (row.kind !== 'services.causeway.dev') continue;
    const { metadata, status } = JSON.parse(row.data) as {
      metadata: { deletionTimestamp?: string };
      status?: { cloneUrl?: string };
    };
    if (metadata.deletionTimestamp || !status?.cloneUrl) continue;
    const path = join(staging, 'repositories', row.namespace, `${row.name}.git`);
    if (!(await stat(path).catch(() => undefined))) missing.push(`${row.namespace}/${row.name}`);
  }
  return missing;
};
