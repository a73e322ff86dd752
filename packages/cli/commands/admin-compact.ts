import { PlatformError, parseDuration } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly olderThan: string;
  readonly revision?: string;
}

const wantedOf = ({ olderThan, revision }: Options): { revision: number } | { olderThan: string } => {
  if (revision !== undefined && /^\d{1,15}$/.test(revision)) return { revision: Number(revision) };
  if (revision !== undefined)
    throw new PlatformError('Usage', `--revision ${revision.slice(0, 40)} is no revision.`, {
      next: 'Write it as --revision 1200; `platform admin stats` shows the newest.',
    });
  if (parseDuration(olderThan) !== undefined) return { olderThan };
  throw new PlatformError('Usage', `--older-than ${olderThan.slice(0, 40)} is no duration.`, {
    next: 'Write it as --older-than 1h.',
  });
};

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, signal } = invocation;
  const client = await invocation.client();
  const compacted = (await client.request('POST', '/api/administration/compaction', wantedOf(options), {
    signal,
  })) as { historyFrom: number };
  if (output.machine) return output.document(compacted);
  output.line(`The history is kept after revision ${compacted.historyFrom}.`);
  output.note('Watches from before begin anew by themselves.');
};
