import { exportPlatform } from '@causeway/backup';
import type { Invocation } from '../invocation.ts';
import { version } from '../version.ts';

interface Options {
  readonly withArtifacts?: boolean;
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

export const run = async (invocation: Invocation<Options>, file: string): Promise<void> => {
  const { options, output, env, signal } = invocation;
  const tick = output.paint('green', '✔', output.stderr);
  const { withArtifacts = false } = options;
  const exported = await exportPlatform(
    { data: await invocation.data(), file, withArtifacts, version: version(), env, signal },
    line => output.note(`${tick} ${line}`),
  );
  if (output.machine) return output.document(exported);
  output.line(`${exported.file}: ${mebibytes(exported.bytes)}, revision ${exported.revision}.`);
  output.note('It holds keys and credentials: whoever has it can become this platform. Keep it safe.');
};
