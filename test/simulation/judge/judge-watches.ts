import type { InformerRecord, Subscription, WatchSession } from './record.ts';
import type { TruthLog } from './truth-log.ts';

type Complain = (problem: string) => void;

/** [ENG4] Each watch tells exactly the changes after where it began, in their order: no gap, no repeat, no rewind. */
export const judgeSession = (log: TruthLog, session: WatchSession, complain: Complain): void => {
  const { watcher, kind, selects, from, since, initial, synced, events, bookmarks, open } = session;
  const wrong = (why: string) => complain(`watch of ${watcher} from ${from ?? 'the state'}: ${why}`);
  if (from === undefined && !session.marked) {
    // The state and what follows it are not told apart: together they must fit some revision.
    const last = log.entries.length;
    for (let begin = since; begin <= last; begin++) {
      const told = events.map(event => event.replace('ADDED ', '')).join();
      const state = log.state(kind, begin, selects);
      const fits = [...state, ...log.told(kind, begin, selects).map(event => event.replace('ADDED ', ''))];
      if (fits.slice(0, events.length).join() === told && (!open || fits.length === events.length)) return;
    }
    wrong(`told ${events.join()}, which fits no revision`);
    return;
  }
  if (from === undefined) {
    if (synced === undefined) {
      if (open) wrong('its state was never told completely');
      return;
    }
    if (synced < since) wrong(`its state is of revision ${synced}, older than ${since}`);
    const state = log.state(kind, synced, selects).join();
    const told = [...initial].sort().join();
    if (state !== told) wrong(`the state of revision ${synced} is ${state}, told was ${told}`);
  }
  const begin = from ?? synced ?? 0;
  const due = log.told(kind, begin, selects);
  const first = events.findIndex((event, index) => event !== due[index]);
  if (first >= 0) {
    wrong(`told ${events[first]}, due was ${due[first] ?? 'nothing'}`);
    return;
  }
  for (const { revision, after } of bookmarks) {
    const before = due.filter(event => Number(event.slice(event.indexOf('@') + 1)) <= revision).length;
    if (after < before) wrong(`a bookmark says ${revision}, but ${due[after]} was not told`);
  }
  if (open && events.length < due.length) wrong(`${due[events.length]} was never told`);
};

/** [ENG4] What a program sees through an informer: each object only moves forward, and in the end it is the truth. */
export const judgeInformer = (
  log: TruthLog,
  { watcher, kind, selects, told }: InformerRecord,
  complain: Complain,
): void => {
  const view = new Map<string, number>();
  const gone = new Map<string, number>();
  for (const { type, name, revision } of told) {
    const known = view.get(name);
    const wrong = (why: string) => complain(`informer ${watcher}: ${type} ${name}@${revision} ${why}`);
    if ((type === 'ADDED') !== (known === undefined))
      wrong(known ? `though ${known} was known` : 'though nothing was known');
    if (revision < Math.max(known ?? 0, gone.get(name) ?? 0)) wrong('goes back');
    if (log.at(revision)?.name !== name) wrong('never was');
    if (type === 'DELETED') {
      view.delete(name);
      gone.set(name, revision);
    } else view.set(name, revision);
  }
  const seen = [...view]
    .map(([name, revision]) => `${name}@${revision}`)
    .sort()
    .join();
  const state = log.state(kind, Number.MAX_SAFE_INTEGER, selects).join();
  if (seen !== state) complain(`informer ${watcher} shows ${seen}, the truth is ${state}`);
};

/** [ENG4] An engine gives its controllers every change of a kind, once and in order. */
export const judgeSubscription = (
  log: TruthLog,
  { server, kind, from, changes }: Subscription,
  compacted: boolean,
  complain: Complain,
): void => {
  const due = log.entries.filter(entry => entry.kind === kind && entry.revision > from);
  const newest = new Map<string, number>();
  for (const [index, { name, revision }] of changes.entries()) {
    const wrong = (why: string) =>
      complain(`${server} gave its controllers ${kind} ${name}@${revision}, ${why}`);
    const gap = !compacted && revision !== due[index]?.revision;
    if (gap) wrong(`due was ${due[index]?.revision ?? 'nothing'}`);
    else if (revision < (newest.get(name) ?? 0)) wrong('after a newer one');
    if (gap) return;
    newest.set(name, revision);
  }
};
