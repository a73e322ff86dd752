import type { Invocation } from '../invocation.ts';
import { withEngine } from '../policies/with-engine.ts';
import type { ValidateOptions } from '../validation/validate-files.ts';

export const run = (invocation: Invocation<ValidateOptions>, given: readonly string[]): Promise<void> =>
  withEngine(async engine => {
    // The thread that judges starts while the schemas are loaded.
    const { validateFiles } = await import('../validation/validate-files.ts');
    await validateFiles(engine, invocation, given);
  });
