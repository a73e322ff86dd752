import { openEngine } from '@causeway/engine';
import { EnvironmentKind, kindId, kinds } from '@causeway/model';
import { teamQuota } from '../../../packages/capabilities/index.ts';
import { Machine } from '../core/machine.ts';
import { Random } from '../core/random.ts';
import { Scheduler } from '../core/scheduler.ts';
import { DatabaseLink } from '../database/database-connection.ts';
import { DatabaseServer } from '../database/database-server.ts';
import { simulateDatabase } from '../database/simulated-database.ts';
import { judgeOrder } from '../judge/judge-order.ts';
import { TruthLog } from '../judge/truth-log.ts';
import { Network } from '../network/call.ts';
import { scheduleFaults } from '../world/faults.ts';
import type { Outcome, SimulateOptions } from '../world/outcome.ts';
import { Server } from '../world/server.ts';
import { serversUnrest } from '../world/unrest.ts';
import { Agent } from './agent.ts';
import { environmentFaults, scheduleDeaths } from './environment-faults.ts';
import { Gateway } from './gateway.ts';
import { goalGap, leftovers } from './goal-gap.ts';
import { judgeCommits } from './judge-commits.ts';
import { Person } from './person.ts';
import { furnish } from './place.ts';
import { Promises } from './promises.ts';
import { runPlatform } from './run-platform.ts';
import { type StepName, stepNames } from './steps.ts';
import { untilRest } from './until-rest.ts';

const lookEveryMs = 200;
/** Far more than any world needs: more is a loop without an end. */
const mostCallbacks = 3_000_000;
const day = 24 * 3_600_000;
/** After which every server has noticed that the clock was set, and looked at everything. */
const noticedMs = 2500;

/** The team and its services, as an installation has them before anybody asks for an environment. */
const install = async (database: DatabaseServer, scheduler: Scheduler, random: Random): Promise<void> => {
  const machine = new Machine('installation', scheduler, random);
  const link = new DatabaseLink(machine, database, scheduler, random);
  let done = false;
  const work = (async () => {
    const engine = await openEngine({
      database: simulateDatabase(link),
      kinds,
      clock: machine.clock,
      chance: machine.chance,
      log: () => {},
    });
    await furnish(engine);
    await engine.close();
  })().finally(() => {
    done = true;
  });
  await scheduler.run(() => done);
  machine.crash();
  await work;
};

/**
 * One world from its seed, in which the reconcilers of environments run as in production: people ask for environments, extend,
 * renew, send to sleep, wake and delete them, while servers die at their commits, clocks are set, and all else goes wrong. What git, forges
 * and builders say is given; agent and gateway are played over the client’s own informer.
 */
export const simulateEnvironments = async (seed: number, options: SimulateOptions = {}): Promise<Outcome> => {
  const random = new Random(seed);
  const scheduler = new Scheduler({ trace: options.trace ?? false });
  const problems: string[] = [];
  const complain = (problem: string) => problems.push(problem);
  const database = options.createDatabase?.(scheduler, random) ?? new DatabaseServer(scheduler, random);
  const network = new Network(scheduler, random);
  const log = new TruthLog(database.truth);
  await install(database, scheduler, random);
  const promises = new Promises();
  const judge = judgeCommits({
    database,
    promises,
    time: () => scheduler.time,
    complain,
    trace: line => scheduler.trace(line),
  });
  const began = scheduler.time;
  const troubleMs = began + random.between(1000, 9000);
  const servers = Array.from(
    { length: random.pick([1, 2, 2, 3]) },
    (_, index) =>
      new Server({
        scheduler,
        random,
        database,
        name: `server-${index + 1}`,
        options: { kinds, quotaOf: teamQuota },
        populate: (engine, machine) =>
          runPlatform(engine, machine, random, line =>
            scheduler.trace(() => `${machine.name} logs: ${line}`),
          ),
      }),
  );
  for (const server of servers) server.start();
  const common = { scheduler, random, network, database, pickServer: () => random.pick(servers) };
  const agent = new Agent({ ...common, complain });
  const gateway = new Gateway(common);
  agent.start();
  gateway.start();
  const wrong = {
    ...common,
    servers,
    record: { compacted: false },
    agent,
    gateway,
    onClock: judge.clockIsSet,
  };
  scheduleFaults(wrong, environmentFaults, troubleMs - began, 10);
  // Each step in its turn.
  scheduleDeaths(wrong, stepNames[seed % stepNames.length] as StepName, troubleMs - began);
  const names = ['one', 'two', 'three'].slice(0, 1 + random.below(3));
  let working = 1 + random.below(2);
  for (let index = 0, all = working; index < all; index++)
    void new Person({ ...common, name: `person-${index + 1}`, gateway, names, promises })
      .work(2 + random.below(8))
      .then(() => {
        working -= 1;
      });

  const pass = (ms: number) => new Promise<void>(resolve => scheduler.after(ms, () => resolve()));
  const rest = (gap: () => string | undefined) =>
    untilRest({
      scheduler,
      open: () => serversUnrest(database, servers) ?? gap(),
      changes: () => database.truth.head.revision,
      problems,
    });
  const story = async (): Promise<void> => {
    while (working > 0 || scheduler.time < troubleMs + 1000) await pass(lookEveryMs);
    if (!(await rest(() => goalGap(database)))) return;
    judge.clockIsSet();
    if (random.chance(0.5)) {
      scheduler.count('a clock goes back over what is at rest');
      await setBack(database, pass, complain);
      if (!(await rest(() => goalGap(database)))) return;
    }
    // As on a machine that slept: everything ends, and nothing is left.
    database.jump(400 * day);
    await rest(() => leftovers(database) ?? agent.leftovers());
  };
  let ended = false;
  const told = story().finally(() => {
    ended = true;
  });
  await scheduler.run(() => ended || scheduler.order > mostCallbacks || problems.length > 0);
  if (ended) await told;
  if (scheduler.order > mostCallbacks) complain('it goes on and on without time passing');
  judgeOrder(log, complain);
  promises.judge(log, complain);
  agent.stop();
  gateway.stop();
  for (const server of servers) server.crash();
  for (const problem of problems) scheduler.trace(() => problem);
  return {
    seed,
    problems,
    lasted: scheduler.time,
    revisions: database.truth.head.revision,
    callbacks: scheduler.order,
    happened: scheduler.happened,
    trace: scheduler.traced,
  };
};

/** The clock goes back by days, and then on: nothing goes early, and hardly anything is written. */
const setBack = async (
  database: DatabaseServer,
  pass: (ms: number) => Promise<void>,
  complain: (problem: string) => void,
): Promise<void> => {
  const { head, objects } = database.truth;
  const environments = [...objects.values()].filter(({ kind }) => kind === kindId(EnvironmentKind)).length;
  database.jump(-3 * day);
  await pass(noticedMs);
  const writes = database.truth.head.revision - head.revision;
  // Whether it is about to end may be told anew by each environment and its request.
  if (writes > environments * 4) complain(`[ENG17] a clock that was set back made ${writes} writes`);
  database.jump(3 * day);
  await pass(noticedMs);
};
