import { userOf } from './identity.ts';
import { isNullId } from './ref-name.ts';

/** One line of a reflog: somebody moved the reference. */
export interface Movement {
  /** Its number, from 1. */
  readonly entry: number;
  /** `undefined` when the reference was new. */
  readonly before: string | undefined;
  readonly after: string;
  readonly by: string;
  /** Seconds since 1970: git records no finer. */
  readonly seconds: number;
}

const line = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (.*?) ?<([^<>]*)> (\d+) [+-]\d{4}(?:\t(.*))?$/;
const marker = /^causeway: entry (\d+)$/;

/** The message that gives an entry its number, for entries that the platform adds itself. */
export const entryMessage = (entry: number): string => `causeway: entry ${entry}`;

/** Reads a reflog. Entries are numbered on from `last`; lines that are no entry are left out. */
export const parseReflog = (text: string, last = 0): Movement[] => {
  let entry = last;
  return text.split('\n').flatMap(each => {
    const match = line.exec(each);
    if (match === null) return [];
    const [, before = '', after = '', name = '', email = '', seconds = '', message = ''] = match;
    entry = Math.max(entry + 1, Number(marker.exec(message)?.[1] ?? 0));
    return [
      {
        entry,
        before: isNullId(before) ? undefined : before,
        after,
        by: userOf(name, email),
        seconds: Number(seconds),
      },
    ];
  });
};

/**
 * git writes the log before it moves the reference. An entry that the next one does not build on was
 * written by a process that died in between: it never came true.
 */
const cameTrue = (movement: Movement, next: Movement | undefined): boolean =>
  next === undefined || next.before === movement.after || next.before !== movement.before;

/**
 * The movements that happened, given where the reference stands. `tip` must have been read before the log, so
 * entries after the last one that leads to it are still under way. `unlogged` says that no entry leads to the
 * tip.
 */
export const settle = (
  movements: readonly Movement[],
  tip: string,
): { happened: Movement[]; unlogged: boolean } => {
  const last = movements.findLastIndex(movement => movement.after === tip);
  const underWay = last < 0 && movements.at(-1)?.before === tip ? 1 : 0;
  const reached = movements.slice(0, last < 0 ? movements.length - underWay : last + 1);
  return {
    happened: reached.filter((movement, index) => cameTrue(movement, reached[index + 1])),
    unlogged: last < 0,
  };
};
