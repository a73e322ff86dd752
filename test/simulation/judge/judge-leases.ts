import type { Batch } from '@causeway/engine';
import { shardOf } from '../../../packages/engine/lease/shard.ts';
import type { DatabaseServer } from '../database/database-server.ts';

const controller = 'system:widgets';

/** Which widgets a batch’s controller work is about: statuses and parts. */
const workOn = (batch: Batch): string[] => {
  const names: string[] = [];
  for (const { kind, type, name, data } of batch.changes) {
    if (kind.startsWith('parts') && type === 'ADDED') names.push(name.slice(0, name.indexOf('.')));
    if (!kind.startsWith('widgets') || type !== 'MODIFIED') continue;
    const { metadata, status } = JSON.parse(data) as {
      metadata: { resourceVersion: string };
      status?: unknown;
    };
    const audited = batch.audits.find(({ record }) =>
      record.includes(`"resourceVersion":"${metadata.resourceVersion}"`),
    );
    if (audited ? audited.record.includes(`"user":"${controller}"`) : status !== undefined) names.push(name);
  }
  return names;
};

/** [ENG9] What a controller writes counts only while its server has the lease of the key. */
export const judgeLeasedWrites = (
  database: DatabaseServer,
  batch: Batch,
  client: string,
  complain: (problem: string) => void,
): void => {
  for (const name of workOn(batch)) {
    const worker = database.workerOf(shardOf(name), client);
    if (worker) complain(`[ENG9] ${client} wrote for ${name}, which is ${worker}’s to do`);
  }
};
