import { PlatformError } from '@causeway/model';
import { completionScripts } from '../completion/scripts.ts';
import type { Invocation } from '../invocation.ts';

export const run = async ({ output }: Invocation, shell: string): Promise<void> => {
  const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
  if (script === undefined)
    throw new PlatformError('Usage', `There is no completion for '${shell.slice(0, 40)}'.`, {
      next: `Choose one of: ${Object.keys(completionScripts).join(', ')}.`,
    });
  output.stdout.write(script);
};
