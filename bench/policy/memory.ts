import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Held {
  /** MiB of a process with one policy, and with so many more. */
  readonly before: number;
  readonly after: number;
  /** What loading them took. */
  readonly milliseconds: number;
}

/** What a process with one thread for policies holds. */
export const memoryOfPolicies = async (count: number): Promise<Held> => {
  const child = fork(join(import.meta.dirname, 'hold-policies.ts'), [String(count)]);
  const [held] = (await once(child, 'message')) as [Held];
  await once(child, 'exit');
  return held;
};
