import { Random } from '../core/random.ts';
import { Scheduler } from '../core/scheduler.ts';
import { DatabaseServer } from '../database/database-server.ts';
import { judgeLeasedWrites } from '../judge/judge-leases.ts';
import { judgeCache, judgeWorld } from '../judge/judge-world.ts';
import { WorldRecord } from '../judge/record.ts';
import { TruthLog } from '../judge/truth-log.ts';
import { Network } from '../network/call.ts';
import { Client, ofTier, tiers } from './client.ts';
import { faults, scheduleFaults } from './faults.ts';
import { PartKind, simulatedKinds, WidgetKind } from './kinds.ts';
import type { Outcome, SimulateOptions } from './outcome.ts';
import { runWidgets } from './run-widgets.ts';
import { Server } from './server.ts';
import { unrest } from './unrest.ts';
import { startWatcher } from './watcher.ts';

/** How long everything may take to come to rest once nothing goes wrong any more, simulated milliseconds. */
const patienceMs = 60_000;
const lookEveryMs = 150;
/** At rest nothing changes for so many looks. */
const quietLooks = 3;
/** Far more than any world needs: more is a loop without an end. */
const mostCallbacks = 200_000;

const everything = () => true;

/** One world from its seed: servers, clients, watchers, faults, and what the judges say when it has come to rest. */
export const simulate = async (seed: number, options: SimulateOptions = {}): Promise<Outcome> => {
  const random = new Random(seed);
  const scheduler = new Scheduler({ trace: options.trace ?? false });
  const record = new WorldRecord();
  const complain = (problem: string) => record.problems.push(problem);
  const database = options.createDatabase?.(scheduler, random) ?? new DatabaseServer(scheduler, random);
  database.onAccept = (batch, client) => {
    if (!database.upsetWithin(700)) judgeLeasedWrites(database, batch, client, complain);
  };
  const log = new TruthLog(database.truth);
  const network = new Network(scheduler, random);
  const troubleMs = random.between(300, 2200);
  const trouble = () => scheduler.time < troubleMs;
  const common = { scheduler, random, network, database, record };
  const servers = Array.from(
    { length: random.pick([1, 2, 2, 3]) },
    (_, index) =>
      new Server({
        ...common,
        name: `server-${index + 1}`,
        options: { kinds: simulatedKinds },
        populate: (engine, machine) => runWidgets({ ...common, trouble }, engine, machine),
      }),
  );
  for (const server of servers) server.start();
  const pickServer = () => random.pick(servers);
  const names = ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4));
  const leaving = new AbortController();
  const watchers = [
    { kind: WidgetKind, selects: everything },
    { kind: PartKind, selects: everything },
    ...tiers.map(tier => ({ kind: WidgetKind, selects: ofTier(tier), labelSelector: `tier=${tier}` })),
  ];
  for (const [index, watcher] of watchers.slice(0, 1 + random.below(watchers.length)).entries()) {
    const slow = random.chance(0.2);
    const linePauseMs = () => (slow && trouble() ? random.between(1, 100) : 0);
    startWatcher(
      { ...common, ...watcher, name: `watcher-${index + 1}`, pickServer, linePauseMs },
      leaving.signal,
    );
  }
  scheduleFaults({ ...common, servers }, faults, troubleMs, 6);
  let working = 1 + random.below(3);
  for (let index = 0, all = working; index < all; index++) {
    const client = new Client({ ...common, name: `client-${index + 1}`, pickServer, names });
    void client.work(3 + random.below(12)).then(() => {
      working -= 1;
    });
  }

  let ended = false;
  let quiet = 0;
  let lastRevision = -1;
  const look = () => {
    for (const server of servers) judgeCache(log, database, server, complain);
    const calm = working === 0 && scheduler.time > troubleMs + 1000;
    const open = calm ? unrest(database, servers, record) : 'not yet';
    quiet = open === undefined && database.truth.head.revision === lastRevision ? quiet + 1 : 0;
    lastRevision = database.truth.head.revision;
    const late = scheduler.time > troubleMs + patienceMs;
    if (late)
      complain(`no rest ${patienceMs / 1000} s after the last fault: ${open ?? 'something writes on'}`);
    ended = late || quiet >= quietLooks || record.problems.length > 0;
    if (!ended) scheduler.after(lookEveryMs, look);
  };
  scheduler.after(lookEveryMs, look);
  await scheduler.run(() => ended || scheduler.order > mostCallbacks);
  if (scheduler.order > mostCallbacks) complain('it goes on and on without time passing');
  const lasted = scheduler.time;
  const callbacks = scheduler.order;
  await judgeWorld(log, database, record, scheduler, random);
  leaving.abort();
  for (const server of servers) server.crash();
  for (const problem of record.problems) scheduler.trace(() => problem);
  return {
    seed,
    problems: record.problems,
    lasted,
    revisions: database.truth.head.revision,
    callbacks,
    happened: scheduler.happened,
    trace: scheduler.traced,
  };
};
