import { type Fault, policyFaults } from '../policy-documents/fault.ts';
import { ThreadLost } from '../policy-workers/thread-lost.ts';

const place =
  /\n--> (?<file>.*):(?<line>\d+):(?<column>\d+)\n[^\n]*\|\n[^\n]*\n[^\n]*\n(?:error|warning): (?<message>[\s\S]*)$/;

/** The words alone of a text of regorus, which may name places with excerpts of their own. */
const wordsOf = (text: string): string =>
  text
    .replaceAll(/\n--> (.*:\d+:\d+)\n[^\n]*\|\n[^\n]*\n[^\n]*\n(?:error|warning): /g, ' $1: ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Where and why, from a text of regorus. Of what names no place, the place is the beginning of `module`. */
export const faultOf = (text: string, module: string): Fault => {
  const found = /\n--> /.test(text) ? place.exec(text.slice(text.indexOf('\n--> '))) : null;
  if (!found?.groups) return { module, line: 1, column: 1, message: wordsOf(text) };
  const { file, line, column, message } = found.groups as Record<string, string>;
  return { module: file!, line: Number(line), column: Number(column), message: wordsOf(message!) };
};

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const next =
  'Correct the module. It is Rego as OPA has it; docs/reference/policy-languages.md says what differs.';

/**
 * What the engine could not bear: there is no way on in this thread. Otherwise nothing. Whatever the engine says of a
 * policy is a plain `Error`; all else are traps, and objects that a trap has left in the midst of a call.
 */
export const lossOf = (error: unknown): ThreadLost | undefined => {
  if (error instanceof ThreadLost) return error;
  const text = textOf(error);
  if (text === 'limit: memory') return new ThreadLost('it needs more memory than its limit', 'memory');
  // The stack of Rust, and the thread’s own.
  if (text === 'memory access out of bounds' || text === 'Maximum call stack size exceeded')
    return new ThreadLost('it is nested too deeply', 'memory');
  if (!(error instanceof Error) || error.name !== 'Error' || /^panic: |Rust/.test(text))
    return new ThreadLost(`the engine broke off: ${wordsOf(text.split('\n').at(-1) ?? text)}`);
  return undefined;
};

/** What loading a module threw, as an error for people: `Invalid`, or `ThreadLost`. */
export const loadFailure = (error: unknown, module: string): Error =>
  lossOf(error) ?? policyFaults([faultOf(textOf(error), module)], next);
