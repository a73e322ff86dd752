import { PlatformError } from '@causeway/model';
import { actOnChange, findChange } from '../changes/find-change.ts';
import type { Invocation } from '../invocation.ts';

interface Options {
  readonly on?: string;
}

/** `src/a.ts`, or `src/a.ts:12`. */
const placeOf = (on: string | undefined): { path?: string; line?: number } => {
  if (on === undefined) return {};
  const [, path = on, line] = /^(.+):(\d{1,9})$/.exec(on) ?? [];
  if (path !== '' && line !== '0') return { path, ...(line === undefined ? {} : { line: Number(line) }) };
  throw new PlatformError('Usage', `'${on.slice(0, 100)}' is no place in a file.`, {
    next: 'Write it as --on src/a.ts or --on src/a.ts:12.',
  });
};

export const run = async (invocation: Invocation<Options>, word: string, text: string): Promise<void> => {
  const { output, options } = invocation;
  const found = await findChange(invocation, word);
  const change = await actOnChange(found, 'comment', { text, ...placeOf(options.on) });
  if (output.machine) return output.document(change);
  output.line(`✔ ${found.name}: comment added`);
};
