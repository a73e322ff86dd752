import { type Command, CommanderError } from 'commander';
import type { CommandModule, GlobalOptions } from '../invocation.ts';

/** Runs a loaded command with its arguments and all options. */
export type Runner = (
  module: CommandModule,
  options: GlobalOptions,
  given: readonly unknown[],
) => Promise<void>;

/** The action of a command whose module is loaded when it runs: nobody pays for the start of other commands. */
export type Lazy = (load: () => Promise<CommandModule>) => (...given: unknown[]) => Promise<void>;

/** What `-o` takes, unless a command says otherwise. */
export const formats = ['json', 'yaml', 'wide'] as const;

const checkFormat = ({ options }: Command, given: string | undefined): void => {
  const allowed = options.find(({ long }) => long === '--output')?.argChoices ?? formats;
  if (given === undefined || (allowed as readonly string[]).includes(given)) return;
  throw new CommanderError(
    1,
    'commander.invalidArgument',
    `error: option '-o, --output <format>' argument '${given}' is invalid. Allowed choices are ${allowed.join(', ')}.`,
  );
};

export const lazily =
  (runner: Runner): Lazy =>
  load =>
  async (...given) => {
    const command = given.at(-1) as Command;
    checkFormat(command, command.optsWithGlobals().output);
    await runner(await load(), command.optsWithGlobals(), command.processedArgs);
  };
