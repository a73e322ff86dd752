import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

interface AuditVerdict {
  readonly records: number;
  readonly brokenAt?: number;
}

interface Options {
  readonly archive?: string;
}

/** What the archive says must be the head is the head of its chain: no server is asked. */
const verdictOnArchive = async (file: string): Promise<AuditVerdict> =>
  (await import('@causeway/backup')).auditChainIn(file);

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, signal, exitWith } = invocation;
  const verdict =
    options.archive === undefined
      ? ((await (
          await invocation.client()
        ).request('GET', '/api/audit/verification', undefined, {
          signal,
        })) as AuditVerdict)
      : await verdictOnArchive(options.archive);
  const { records, brokenAt } = verdict;
  if (brokenAt !== undefined) exitWith(exitCodes.failed);
  if (output.machine) return output.document({ intact: brokenAt === undefined, ...verdict });
  if (brokenAt === undefined)
    return output.line(
      `${output.paint('green', '✔')} All ${records} audit records are as they were written.`,
    );
  output.line(
    `${output.paint('red', '✘')} The audit chain breaks at record ${brokenAt}: it was changed, removed or inserted, or one before it was.`,
  );
  output.line(`  Records before it that fit: ${brokenAt - 1}. See it: platform audit list -o json`);
};
