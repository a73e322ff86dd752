import { runServerAlone } from '@causeway/supervisor';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly port?: number;
}

export const run = async (invocation: Invocation<Options>): Promise<void> => {
  const { options, output, env, signal, exitWith } = invocation;
  const { port } = options;
  const data = await invocation.data();
  const code = await runServerAlone({ data, signal, env, ...(port === undefined ? {} : { port }) }, api =>
    output.line(`✔ This server answers at ${api}`),
  );
  if (code !== 0 && !signal.aborted) exitWith(exitCodes.failed);
};
