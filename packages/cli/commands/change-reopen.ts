import { actOnChange, findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';

export const run = async (invocation: Invocation, word: string): Promise<void> => {
  const { output } = invocation;
  const found = await findChange(invocation, word);
  const change = await actOnChange(found, 'reopen', {});
  if (output.machine) return output.document(change);
  output.line(`✔ ${found.name} is open again`);
};
