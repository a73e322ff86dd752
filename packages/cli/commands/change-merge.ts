import { actOnChange, findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly method: string;
}

export const run = async (invocation: Invocation<Options>, word: string): Promise<void> => {
  const { output, options } = invocation;
  const found = await findChange(invocation, word);
  const change = await actOnChange(found, 'merge', { method: options.method });
  if (output.machine) return output.document(change);
  const { spec, status } = change;
  output.line(`✔ ${found.name} merged: ${spec.target} is at ${status?.merged?.commit.slice(0, 10)}`);
  output.line(`next: platform change describe ${found.name}`);
};
