import type { Command } from 'commander';
import type { CommandModule, GlobalOptions } from '../invocation.ts';

/** Runs a loaded command with its arguments and all options. */
export type Runner = (
  module: CommandModule,
  options: GlobalOptions,
  given: readonly unknown[],
) => Promise<void>;

/** The action of a command whose module is loaded when it runs: nobody pays for the start of other commands. */
export type Lazy = (load: () => Promise<CommandModule>) => (...given: unknown[]) => Promise<void>;

export const lazily =
  (runner: Runner): Lazy =>
  load =>
  async (...given) => {
    const command = given.at(-1) as Command;
    await runner(await load(), command.optsWithGlobals(), command.processedArgs);
  };
