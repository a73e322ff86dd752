import { runServerAlone } from '@causeway/supervisor';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly port?: number;
}

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, env, signal } = invocation;
  const { port } = options;
  const data = await invocation.data();
  await runServerAlone({ data, signal, env, ...(port === undefined ? {} : { port }) }, api =>
    output.line(`✔ This server answers at ${api}`),
  );
};
