import type { Command } from 'commander';
import { type Wanted, wantedFor } from '../completion/candidates.ts';
import type { Invocation } from '../invocation.ts';

const candidates = async (invocation: Invocation, wanted: Wanted): Promise<readonly string[]> => {
  if ('words' in wanted) return wanted.words;
  const { kindNames, objectNames } = await import('../completion/platform-names.ts');
  return 'kinds' in wanted ? kindNames() : objectNames(invocation, wanted.namesOf).catch(() => []);
};

/**
 * Prints what may stand for the last word of a command line of `program`, a line each. It never fails aloud: a person is
 * typing.
 */
export const completing = (program: Command) => ({
  run: async (invocation: Invocation, words: readonly string[]): Promise<void> => {
    const last = words.at(-1) ?? '';
    for (const word of await candidates(invocation, wantedFor(program, words)))
      if (word.startsWith(last)) invocation.output.stdout.write(`${word}\n`);
  },
});
