import { completionScripts } from '../completion/scripts.ts';
import type { Invocation } from '../invocation.ts';

export const run = async ({ output }: Invocation, shell: string): Promise<void> => {
  output.stdout.write(completionScripts[shell] ?? '');
};
