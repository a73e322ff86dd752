import { actOnChange, findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';
import { nextCommand } from '../resources/next-command.ts';

interface Options {
  readonly comment?: string;
  readonly commit?: string;
}

export const run = async (invocation: Invocation<Options>, word: string): Promise<void> => {
  const { output, options } = invocation;
  const { comment, commit } = options;
  const found = await findChange(invocation, word);
  const change = await actOnChange(found, 'approve', {
    ...(comment === undefined ? {} : { comment }),
    ...(commit === undefined ? {} : { commit }),
  });
  if (output.machine) return output.document(change);
  const approved = change.status?.approvals?.at(-1)?.commit.slice(0, 10);
  output.line(`✔ ${found.name} approved at ${approved}: ${change.spec.title}`);
  output.line(`next: ${nextCommand(invocation, `change merge ${found.name}`)}`);
};
