import type { Invocation } from '../invocation.ts';

/** A command to go on with, for the team that this one was for. */
export const nextCommand = ({ options: { team } }: Pick<Invocation, 'options'>, words: string): string =>
  `platform ${words}${team === undefined ? '' : ` --team ${team}`}`;
