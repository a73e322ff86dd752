import { PlatformError, parseDuration } from '@causeway/model';
import { actOnEnvironment } from '../environments/find-environment.ts';
import { onceTold } from '../environments/once-told.ts';
import { endInWords, timeInWords } from '../environments/words.ts';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation<{ readonly by: string }>, name: string): Promise<void> => {
  const { options, output, signal } = invocation;
  if (!((parseDuration(options.by) ?? 0) > 0))
    throw new PlatformError('Usage', `'${options.by.slice(0, 40)}' is not by how much to extend.`, {
      next: 'Write --by 12h, 7d or 2w.',
    });
  const client = await invocation.client();
  const asked = await actOnEnvironment(
    client,
    await invocation.team(),
    name,
    'extend',
    { by: options.by },
    signal,
  );
  const environment = await onceTold(client, asked, signal);
  if (output.machine) return output.document(environment);
  const { expiresAt } = environment.status ?? {};
  const end = expiresAt ? `: it goes ${endInWords(expiresAt, Date.now())} (${timeInWords(expiresAt)})` : '';
  output.line(`✔ Environment '${name}' extended by ${options.by}${end}`);
};
