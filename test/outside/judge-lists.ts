import { keyOfSeen, type Listing, type Operation, type Seen, type WatchedKind } from './history.ts';
import type { Truth } from './truth.ts';

/** [ENG12] Each list is exactly the state at the version it names. */
export const judgeLists = (listings: readonly Listing[], truth: Truth): string[] => {
  const problems: string[] = [];
  const state = new Map<WatchedKind, Map<string, Seen>>();
  const events = truth.events[Symbol.iterator]();
  let event = events.next();
  for (const listing of listings.toSorted((a, b) => a.version - b.version)) {
    for (; !event.done && event.value.object.version <= listing.version; event = events.next()) {
      const { object, type } = event.value;
      const objects = state.get(object.kind) ?? new Map<string, Seen>();
      state.set(object.kind, objects);
      if (type === 'DELETED') objects.delete(keyOfSeen(object));
      else objects.set(keyOfSeen(object), object);
    }
    if (listing.version > truth.revision)
      problems.push(`[ENG12] a list names revision ${listing.version}, and there are only ${truth.revision}`);
    problems.push(...differences(listing, state.get(listing.kind) ?? new Map()));
  }
  return problems;
};

const differences = (listing: Listing, state: ReadonlyMap<string, Seen>): string[] => {
  const expected = new Map(
    [...state].filter(
      ([, { namespace, labels }]) =>
        (listing.namespace === undefined || listing.namespace === namespace) &&
        (listing.parity === undefined || listing.parity === labels.parity),
    ),
  );
  const what = `[ENG12] a list of ${listing.kind} at revision ${listing.version}`;
  const problems: string[] = [];
  for (const item of listing.items) {
    const key = keyOfSeen(item);
    const there = expected.get(key);
    if (there?.digest !== item.digest)
      problems.push(`${what} shows ${key} at ${item.version}; it was ${there?.version ?? 'absent'}`);
    expected.delete(key);
  }
  for (const [key, { version }] of expected) problems.push(`${what} lacks ${key} of revision ${version}`);
  return problems;
};

/**
 * [ENG5] One order for all: a write gets a later revision, and a list shows a later one, than everything that anybody had
 * been told before it was asked, whichever server told it.
 */
export const judgeOrder = (operations: readonly Operation[], listings: readonly Listing[]): string[] => {
  const told: { at: number; revision: number }[] = [];
  const asked: { at: number; revision: number; what: string; newer: boolean }[] = [];
  for (const { op, dryRun, result, object, call, return: end, key } of operations) {
    if (result !== 'ok' || dryRun || !object || end === undefined) continue;
    told.push({ at: end, revision: object.version });
    if (op !== 'get')
      asked.push({ at: call, revision: object.version, what: `${op} of ${key}`, newer: true });
  }
  for (const { kind, call, return: end, version } of listings) {
    told.push({ at: end, revision: version });
    asked.push({ at: call, revision: version, what: `a list of ${kind}`, newer: false });
  }
  told.sort((a, b) => a.at - b.at);
  asked.sort((a, b) => a.at - b.at);
  const problems: string[] = [];
  let known = 0;
  let next = 0;
  for (const { at, revision, what, newer } of asked) {
    for (; next < told.length && told[next]!.at < at; next += 1)
      known = Math.max(known, told[next]!.revision);
    if (newer ? revision <= known : revision < known)
      problems.push(`[ENG5] ${what} got revision ${revision} after ${known} had been told`);
  }
  return problems;
};
