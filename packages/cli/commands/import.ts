import { importPlatform } from '@causeway/backup';
import { PlatformError } from '@causeway/model';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation, file: string): Promise<void> => {
  const { options, output, env, signal } = invocation;
  if (options.data === undefined)
    throw new PlatformError('Usage', 'Which folder is the new platform to have?', {
      next: `Name a new one: platform import ${file} --data DIR`,
    });
  const tick = output.paint('green', '✔', output.stderr);
  const imported = await importPlatform({ data: options.data, file, env, signal }, line =>
    output.note(`${tick} ${line}`),
  );
  if (output.machine) return output.document(imported);
  output.line(`${imported.data} holds the platform as it was at ${imported.exportedAt}.`);
  if (!imported.artifacts)
    output.note('What builds made was not exported: run `platform deploy NAME` for each service.');
  output.note(`Start it: platform up --data ${imported.data} --port PORT`);
};
