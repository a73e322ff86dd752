import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../../packages/cli/exit-codes.ts';
import { validateExits } from '../../packages/cli/program/policy-commands.ts';
import { createProgram } from '../../packages/cli/program/program.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const meanings = {
  ok: 'Done.',
  failed: 'Something went wrong that the message explains: a build, a rollout, the machine.',
  usage: 'The command line or its input is wrong.',
  unreachable: 'The platform does not run or cannot be reached.',
  notFound: 'There is no such thing.',
  refused: 'Not signed in, or not allowed.',
  conflict: 'It exists already, or something else changed it meanwhile.',
  timeout: 'Not in time; it may still happen.',
  interrupted: 'Ended with Ctrl-C.',
} satisfies Record<keyof typeof exitCodes, string>;

const variables: readonly (readonly [name: string, meaning: string])[] = [
  ['CAUSEWAY_HOME', 'The platform’s folder, as with `--data`. Default: `~/.causeway`.'],
  ['CAUSEWAY_SERVER', 'The platform’s address, instead of the one that the folder knows.'],
  ['CAUSEWAY_TOKEN', 'The token for it. Without `CAUSEWAY_SERVER`: for the address that the folder knows.'],
  ['CAUSEWAY_TEAM', 'The team that is meant where none is named.'],
  ['DATABASE_URL', 'For `up`: a PostgreSQL of your own. See [configuration](configuration.md).'],
  ['NO_COLOR', 'No colours, also on a terminal.'],
];

const argumentText = (argument: Argument): string => {
  const name = argument.name() + (argument.variadic ? '…' : '');
  return argument.required ? name.toUpperCase() : `[${name.toUpperCase()}]`;
};

const optionRow = (option: Option): string[] => {
  const { defaultValue, negate } = option;
  const value = defaultValue === undefined || negate ? '' : code(String(defaultValue));
  const choices = option.argChoices ? `: ${option.argChoices.map(code).join(', ')}` : '';
  return [code(option.flags), `${option.description}${choices}`, value];
};

const optionsTable = (command: Command): string => {
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help');
  return options.length === 0 ? '' : table(['Option', 'What it does', 'Default'], options.map(optionRow));
};

const argumentLines = (command: Command): string =>
  command.registeredArguments
    .filter(({ description, argChoices }) => description !== '' || argChoices)
    .map(argument => {
      const choices = argument.argChoices ? `one of ${argument.argChoices.map(code).join(', ')}` : '';
      return `- ${code(argumentText(argument))}: ${argument.description || choices}`;
    })
    .join('\n');

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const visible = (command: Command): Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter(inner => inner.name() !== 'help');

const commandSections = (command: Command, before: string): string[] => {
  const name = `${before} ${command.name()}`;
  const inner = visible(command);
  if (inner.length > 0) return inner.flatMap(one => commandSections(one, name));
  const synopsis = [name, ...command.registeredArguments.map(argumentText)].join(' ');
  return [
    `### ${name}`,
    command.registeredArguments.length === 0 ? '' : `\`\`\`text\n${synopsis}\n\`\`\``,
    sentence(command.description()),
    argumentLines(command),
    optionsTable(command),
    name === 'platform validate' ? validateExits.trim() : '',
  ];
};

/** The command `platform`, as it declares itself. */
export const commandPage = (): string => {
  const program = createProgram({
    version: '',
    runner: async () => {},
    writeOut: () => {},
    writeErr: () => {},
  });
  return page(
    generatedFrom('packages/cli/program and packages/cli/exit-codes.ts'),
    '# The command',
    '`./platform` in a clone, or a link to it on your PATH, sets up what is missing and runs the command. `platform help COMMAND` prints what stands here.',
    '## Everywhere',
    optionsTable(program),
    `With \`-o json\` or \`-o yaml\` results are one document on standard output, and errors one on standard error.
Progress goes to standard error, so results can be piped. Colours and moving lines appear on a terminal only.`,
    '## Commands',
    ...visible(program).flatMap(command => commandSections(command, 'platform')),
    '## Exit codes',
    table(
      ['Code', 'Means'],
      Object.entries(meanings).map(([name, meaning]) => [
        String(exitCodes[name as keyof typeof exitCodes]),
        meaning,
      ]),
    ),
    'Which error ends with which code stands in [errors](errors.md).',
    '## Variables',
    table(
      ['Variable', 'Means'],
      variables.map(([name, meaning]) => [code(name), meaning]),
    ),
    `A named folder (\`--data\`) means its own platform: then \`CAUSEWAY_SERVER\` and \`CAUSEWAY_TOKEN\` do not count. A
stored token is never sent to an address that it was not given for.`,
  );
};
