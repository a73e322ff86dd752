import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { down } from '@causeway/supervisor';
import { unconfigureGit } from '../git-credentials/configure-git.ts';
import type { Invocation } from '../invocation.ts';
import { canAsk, confirm } from '../output/confirm.ts';

interface Options {
  readonly purge?: boolean;
  readonly yes?: boolean;
}

const isPlatformFolder = (data: string): Promise<boolean> =>
  stat(join(data, 'format')).then(
    found => found.isFile(),
    () => false,
  );

const agreed = async (
  { options, output, stdin, signal }: Invocation<Options>,
  data: string,
): Promise<boolean> => {
  if (options.yes) return true;
  const asking = { stdin, stderr: output.stderr, signal };
  if (!canAsk(asking))
    throw new PlatformError(
      'Usage',
      `${data} would be deleted with all repositories, releases and logs in it.`,
      {
        next: 'If that is meant: platform down --purge --yes',
      },
    );
  return confirm(asking, `Delete ${data} with all repositories, releases and logs in it?`);
};

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output } = invocation;
  const data = await invocation.data();
  const purge = options.purge === true && (await isPlatformFolder(data));
  if (options.purge && !purge) {
    const there = await stat(data).catch(() => undefined);
    if (there)
      throw new PlatformError(
        'DataUnusable',
        `${data} is not the folder of a platform: nothing was deleted.`,
        {
          next: 'Name the right one with --data DIR.',
        },
      );
  }
  if (purge && !(await agreed(invocation, data))) return output.note('Nothing was stopped or deleted.');
  output.note('Stopping …');
  if (purge) await unconfigureGit(data, invocation.env);
  const ran = await down({ data, purge });
  if (output.machine) return output.document({ data, stopped: ran, purged: purge });
  output.line(ran ? '✔ The platform is stopped.' : 'No platform was running.');
  if (purge) output.line(`✔ ${data} is deleted.`);
};
