import type { Command } from 'commander';

/** What may stand for the unfinished word. */
export type Wanted =
  | { readonly words: readonly string[] }
  | { readonly kinds: true }
  /** Names of objects of a kind. */
  | { readonly namesOf: string };

const visible = (command: Command): Command[] => command.createHelp().visibleCommands(command);

const optionWords = (command: Command): string[] =>
  [...command.options, ...(command.parent?.options ?? [])]
    .filter(option => !option.hidden)
    .map(option => option.long ?? option.short ?? '');

/** Commands whose first argument is a service. */
const ofServices = new Set([
  'deploy',
  'rollback',
  'promote',
  'logs',
  'builds',
  'releases',
  'set',
  'unset',
  'open',
  'insights',
]);
/** Commands of `env` whose first argument is an environment that may have ended. */
const ofRequests = new Set(['recreate', 'delete', 'describe']);
const ofKinds = new Set(['get', 'describe', 'delete']);
const ofShells = ['bash', 'zsh', 'fish'];

const wantedOfEnvironment = (name: string, before: number): Wanted => {
  if (name === 'promote' && before === 0) return { namesOf: 'service' };
  if (name === 'open' && before === 1) return { namesOf: 'service' };
  if (name === 'list' || name === 'request' || before > 0) return { words: [] };
  return { namesOf: ofRequests.has(name) ? 'environmentrequest' : 'environment' };
};

const wantedOfChange = (name: string, before: number): Wanted => {
  if (before > 0) return { words: [] };
  return { namesOf: name === 'open' || name === 'list' ? 'service' : 'changerequest' };
};

/** Reads the words so far, as the program's own declarations say; the last one is unfinished. */
export const wantedFor = (program: Command, words: readonly string[]): Wanted => {
  const last = words.at(-1) ?? '';
  let command = program;
  const positional: string[] = [];
  let optionBefore: string | undefined;
  for (const word of words.slice(0, -1)) {
    const options = [...command.options, ...program.options];
    if (optionBefore !== undefined) optionBefore = undefined;
    else if (word.startsWith('-')) {
      const option = options.find(one => one.long === word || one.short === word);
      optionBefore =
        option && (option.required || option.optional) ? (option.long ?? option.short) : undefined;
    } else {
      const inner = positional.length === 0 ? command.commands.find(one => one.name() === word) : undefined;
      if (inner) command = inner;
      else positional.push(word);
    }
  }
  if (optionBefore === '--team') return { namesOf: 'team' };
  if (optionBefore === '--output') return { words: ['json', 'yaml', 'wide'] };
  if (optionBefore === '--template') return { words: ['http-service', 'empty'] };
  if (optionBefore === '--service') return { namesOf: 'service' };
  if (optionBefore === '--lifetime' || optionBefore === '--by') return { words: ['1d', '7d', '14d'] };
  if (optionBefore === '--classification')
    return { words: ['public', 'internal', 'confidential', 'restricted'] };
  if (optionBefore === '--environment' || optionBefore === '--from') return { namesOf: 'environment' };
  if (optionBefore === '--to' && command.name() === 'promote') return { namesOf: 'environment' };
  if (optionBefore === '--method') return { words: ['merge', 'squash', 'fast-forward'] };
  if (optionBefore === '--size') return { words: ['small', 'medium', 'large'] };
  if (optionBefore !== undefined) return { words: [] };
  if (last.startsWith('-')) return { words: optionWords(command) };
  if (command.commands.length > 0 && command.name() !== 'help')
    return { words: visible(command).map(one => one.name()) };
  if (command.parent?.name() === 'env') return wantedOfEnvironment(command.name(), positional.length);
  if (command.parent?.name() === 'change') return wantedOfChange(command.name(), positional.length);
  if (ofKinds.has(command.name()))
    return positional[0] === undefined ? { kinds: true } : { namesOf: positional[0] };
  if (ofServices.has(command.name())) return positional.length === 0 ? { namesOf: 'service' } : { words: [] };
  return { words: command.name() === 'completion' && positional.length === 0 ? ofShells : [] };
};
