import { Command, Option } from 'commander';
import { addAdministrationCommands } from './administration-commands.ts';
import { addChangeCommands } from './change-commands.ts';
import { addDeliveryCommands } from './delivery-commands.ts';
import { addEnvironmentCommands } from './environment-commands.ts';
import { formats, type Lazy, lazily, type Runner } from './lazy-command.ts';
import { addPlatformCommands } from './platform-commands.ts';
import { addPolicyCommands } from './policy-commands.ts';
import { addResourceCommands } from './resource-commands.ts';

const exits = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the platform cannot be reached, 4 not found,
5 refused, 6 conflict, 7 not in time, 130 interrupted.`;

export interface ProgramOptions {
  readonly version: string;
  readonly runner: Runner;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** Its choices are checked by each command: some have forms of their own. */
const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print results')
    .choices([...formats])
    .argParser((given: string) => given);

const globalOptions = (): Option[] => [
  new Option('-n, --team <team>', 'the team; default: yours'),
  new Option('--data <folder>', 'the platform’s folder; default: CAUSEWAY_HOME, else ~/.causeway'),
  outputOption(),
  new Option('-q, --quiet', 'print results and errors only'),
];

/**
 * Every command takes the global options itself. If the program looked for them among the words of its commands, it would
 * take the value of an option for one: a text that begins with `-n`, or is `--version`.
 */
const addGlobalOptions = (command: Command): void => {
  for (const inner of command.commands) {
    const own = new Set(inner.options.map(({ long }) => long));
    for (const option of globalOptions()) if (!own.has(option.long)) inner.addOption(option.hideHelp());
    // What happens anyway may be said.
    if (own.has('--no-wait') && !own.has('--wait'))
      inner.addOption(new Option('--wait', 'wait, as it does when nothing is said').default(true).hideHelp());
    addGlobalOptions(inner);
  }
};

/** All commands, declared. Usage errors are thrown as CommanderError and written by whoever catches them. */
export const createProgram = ({ version, runner, writeOut, writeErr }: ProgramOptions): Command => {
  const program = new Command('platform');
  const lazy: Lazy = lazily(runner);
  program
    .description('An internal developer platform in one command.')
    .version(version, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', exits)
    .exitOverride()
    .configureOutput({ writeOut, writeErr, outputError: () => {} })
    .showSuggestionAfterError();
  for (const option of globalOptions()) program.addOption(option);
  addPlatformCommands(program, lazy);
  addResourceCommands(program, lazy);
  addDeliveryCommands(program, lazy);
  addChangeCommands(program, lazy);
  addEnvironmentCommands(program, lazy);
  addPolicyCommands(program, lazy);
  addAdministrationCommands(program, lazy);
  addGlobalOptions(program);
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(lazy(async () => (await import('../commands/complete.ts')).completing(program)));
  return program;
};
