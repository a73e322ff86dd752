import type { Invocation } from '../invocation.ts';
import { type DecideOptions, decideException } from '../policies/decide-exception.ts';

export const run = (invocation: Invocation<DecideOptions>, word: string): Promise<void> =>
  decideException(invocation, word, false);
