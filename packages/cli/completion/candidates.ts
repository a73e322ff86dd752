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
const ofKinds = new Set(['get', 'describe', 'delete']);
const ofShells = ['bash', 'zsh', 'fish'];

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
  if (optionBefore !== undefined) return { words: [] };
  if (last.startsWith('-')) return { words: optionWords(command) };
  if (command.commands.length > 0 && command.name() !== 'help')
    return { words: visible(command).map(one => one.name()) };
  if (ofKinds.has(command.name()))
    return positional[0] === undefined ? { kinds: true } : { namesOf: positional[0] };
  if (ofServices.has(command.name())) return positional.length === 0 ? { namesOf: 'service' } : { words: [] };
  return { words: command.name() === 'completion' && positional.length === 0 ? ofShells : [] };
};
