import { keyOfSeen, type Seen, type Watched, type WatchedEvent } from './history.ts';
import type { Truth } from './truth.ts';

/** What a watcher with a selector must be told: what begins to match is ADDED, what ceases to is DELETED. */
const expectedEvents = ({ kind, parity }: Watched, truth: Truth): WatchedEvent[] => {
  const before = new Map<string, Seen>();
  const expected: WatchedEvent[] = [];
  for (const { type, object } of truth.events) {
    if (object.kind !== kind) continue;
    const key = keyOfSeen(object);
    const matched = parity === undefined || before.get(key)?.labels.parity === parity;
    const matches = type !== 'DELETED' && (parity === undefined || object.labels.parity === parity);
    if (parity === undefined) expected.push({ type, object });
    else if (matches) expected.push({ type: matched && before.has(key) ? 'MODIFIED' : 'ADDED', object });
    else if (matched) expected.push({ type: 'DELETED', object });
    if (type === 'DELETED') before.delete(key);
    else before.set(key, object);
  }
  return expected;
};

/** The version of the last change that concerns a watcher; 0 when there is none. */
export const lastExpected = (watched: Watched, truth: Truth): number =>
  expectedEvents(watched, truth).at(-1)?.object.version ?? 0;

/**
 * [ENG4] From each place where it began, a watcher saw every change, once, in order, and never went back.
 * @param end the revision up to which it must have come.
 */
export const judgeWatch = (watched: Watched, truth: Truth, end: number): string[] => {
  const expected = expectedEvents(watched, truth);
  const who = `the watcher of ${watched.kind}${watched.parity ? ` with parity ${watched.parity}` : ''}`;
  let position = 0;
  let version = 0;
  for (const step of watched.steps) {
    if ('list' in step) {
      if (step.list.version < version)
        return [`[ENG4] ${who} was at ${version} and began anew at ${step.list.version}`];
      version = step.list.version;
      while ((expected[position]?.object.version ?? Number.POSITIVE_INFINITY) <= version) position += 1;
      continue;
    }
    const wanted = expected[position];
    const { object, type } = step;
    // The object of a deletion is for the server to choose when it only ceased to match.
    const same = wanted?.type === type && keyOfSeen(wanted.object) === keyOfSeen(object);
    const content = type === 'DELETED' && watched.parity !== undefined;
    if (
      !same ||
      wanted.object.version !== object.version ||
      !(content || wanted.object.digest === object.digest)
    )
      return [
        `[ENG4] ${who} at ${version} saw ${type} of ${keyOfSeen(object)} at ${object.version}; next was ${
          wanted ? `${wanted.type} of ${keyOfSeen(wanted.object)} at ${wanted.object.version}` : 'nothing'
        }`,
      ];
    version = object.version;
    position += 1;
  }
  const missing = expected.filter(({ object }, index) => index >= position && object.version <= end).length;
  return missing === 0 ? [] : [`[ENG4] ${who} never saw the last ${missing} changes`];
};
