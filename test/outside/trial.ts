import { open, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { ask } from './ask.ts';
import { runClient, type Stage } from './client.ts';
import { type DurableDatabase, startDatabase } from './database.ts';
import { type Disturbed, disturb } from './disturbances.ts';
import type { History, Watched } from './history.ts';
import { judgeTrial, type Verdict } from './judge-trial.ts';
import { lastExpected } from './judge-watches.ts';
import { createPeople } from './people.ts';
import type { PlantedFault } from './planted-faults.ts';
import { createRandom } from './random.ts';
import { type Servers, startServers } from './servers.ts';
import { readTruth, type Truth } from './truth.ts';
import { reached, runWatcher } from './watcher.ts';
import { withClient } from './with-database.ts';

export interface TrialOptions {
  readonly seed: number;
  readonly kills: number;
  /** Everything of the trial lies here: logs, database, history. */
  readonly folder: string;
  readonly clients?: number;
  readonly servers?: number;
  /** The database, when it is not one PostgreSQL that is started again after each kill. */
  readonly startDatabase?: (folder: string) => Promise<DurableDatabase>;
  /** Only the database is killed. */
  readonly onlyDatabase?: boolean;
  /** Makes the servers wrong: the trial must find problems. */
  readonly fault?: PlantedFault;
  /** After the last kill clients go on until so many writes were acknowledged: how many that takes is not left to the machine. */
  readonly writes?: number;
}

export interface TrialResult extends Verdict {
  readonly disturbed: Disturbed;
  readonly seconds: number;
  readonly operations: number;
  readonly lists: number;
  readonly watchEvents: number;
  /** How often a watch was resumed, and how often it had to begin anew. */
  readonly watchBreaks: number;
  readonly watchesBegunAnew: number;
}

/** Who has not been told of the last change that concerns them in time. */
const latecomers = async (
  watchers: readonly Watched[],
  truth: Truth,
  patienceMs: number,
): Promise<string[]> => {
  const deadline = performance.now() + patienceMs;
  const waiting = watchers.map(watched => ({ watched, last: lastExpected(watched, truth) }));
  const late = () => waiting.filter(({ watched, last }) => reached(watched) < last);
  while (late().length > 0 && performance.now() < deadline) await sleep(20);
  return late().map(
    ({ watched, last }) =>
      `[ENG4] a watcher of ${watched.kind} stayed at ${reached(watched)} and never saw ${last}`,
  );
};

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Objects are replaced by others after so long: the histories of single objects stay short enough to be judged quickly. */
const stageMs = 6000;
const finalMs = 60_000;
/** What a planted fault keeps from a watcher is not worth a longer wait. */
const withFaultMs = 2000;

const stageNames = [
  ...['s0', 's1', 's2'].map(name => ({ kind: 'services' as const, name })),
  ...['e0', 'e1'].map(name => ({ kind: 'environments' as const, name })),
];

/**
 * Clients and watchers use several servers on one PostgreSQL with fsync, while processes are killed at random; then all
 * that they were told is compared with what the database holds.
 */
export const runTrial = async (options: TrialOptions): Promise<TrialResult> => {
  const { seed, kills, folder, clients = 16, servers: count = 3, fault, writes = 0 } = options;
  const started = performance.now();
  const random = createRandom(seed);
  const database = await (options.startDatabase ?? startDatabase)(folder);
  const log = await open(join(folder, 'servers.log'), 'a');
  const history: History = { operations: [], listings: [], watched: [], surprises: [] };
  const ending = new AbortController();
  const watching = new AbortController();
  const agent = new Agent({ keepAlive: false });
  let servers: Servers | undefined;
  try {
    const people = await createPeople(database.connectionString, clients);
    servers = await startServers({
      count,
      folder,
      connectionString: database.urlOfAll ?? database.connectionString,
      log: log.fd,
      ...(fault ? { fault } : {}),
    });
    const { ports } = servers;

    /** Asks any server, or the one named, until it is done. */
    const insist = async (method: string, path: string, body: unknown, server?: number): Promise<number> => {
      const deadline = performance.now() + finalMs;
      for (;;) {
        const question = { method, path, body, token: people.server, agent, timeoutMs: 5000 };
        const answer = await ask({ ...question, port: ports[server ?? -1] ?? random.pick(ports) });
        if (answer.type === 'answer' && [200, 201, 409].includes(answer.status)) return answer.status;
        if (performance.now() > deadline)
          throw new Error(
            `${method} ${path} was not done within ${finalMs / 1000} s: ${JSON.stringify(answer)}`,
          );
        await sleep(50);
      }
    };
    const makeNamespace = (name: string, server?: number): Promise<number> =>
      insist(
        'POST',
        '/api/v1/namespaces',
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
        server,
      );

    const stage: Stage = { namespace: 'stage-0', names: stageNames };
    await makeNamespace(stage.namespace);

    const watchers: Pick<Watched, 'kind' | 'parity'>[] = [
      { kind: 'services' },
      { kind: 'services' },
      { kind: 'services', parity: 'even' },
      { kind: 'environments' },
      { kind: 'environments' },
      { kind: 'environments', parity: 'even' },
    ];
    for (const [index, { kind, parity }] of watchers.entries())
      history.watched.push(
        runWatcher({
          kind,
          ...(parity ? { parity } : {}),
          streamsInitial: index % 2 === 1,
          token: people.client(0),
          ports,
          random: random.fork(1000 + index),
          history,
          signal: watching.signal,
        }),
      );

    let acknowledged = 0;
    const working = Array.from({ length: clients }, (_, id) =>
      runClient({
        id,
        token: people.client(id),
        ports,
        random: random.fork(id),
        history,
        stage,
        thinkMs: 16,
        onAcknowledged: () => {
          acknowledged += 1;
        },
        signal: ending.signal,
      }),
    );
    const scenery = (async () => {
      for (let scene = 1; !ending.signal.aborted; scene += 1) {
        await sleep(stageMs);
        if (ending.signal.aborted) return;
        await makeNamespace(`stage-${scene}`);
        stage.namespace = `stage-${scene}`;
      }
    })();

    const disturbed = await disturb({
      kills,
      random,
      servers,
      database,
      onlyDatabase: options.onlyDatabase ?? false,
      acknowledged: () => acknowledged,
    });
    const workedEnough = performance.now() + finalMs;
    while (acknowledged < writes) {
      if (performance.now() > workedEnough)
        throw new Error(
          `only ${acknowledged} of ${writes} writes within ${finalMs / 1000} s of the last kill`,
        );
      await sleep(20);
    }
    ending.abort();
    await Promise.all([...working, scenery]);

    // A write that a server does after all others shows that it has none left over.
    for (const [index] of ports.entries()) await makeNamespace(`curtain-${index}`, index);
    const shown = await withClient(database.connectionString, readTruth);
    const late = await latecomers(history.watched, shown, fault ? withFaultMs : finalMs);
    watching.abort();
    await servers.stop();
    const seconds = (performance.now() - started) / 1000;
    const verdict = await judgeTrial(history, database.connectionString, shown.revision, folder);
    const events = history.watched.flatMap(({ steps }) => steps);
    return {
      ...verdict,
      problems: [...late, ...verdict.problems],
      disturbed,
      seconds,
      operations: history.operations.length,
      lists: history.listings.length,
      watchEvents: events.filter(step => !('list' in step)).length,
      watchBreaks: history.watched.reduce((sum, { breaks }) => sum + breaks, 0),
      watchesBegunAnew: history.watched.reduce((sum, { expired }) => sum + expired, 0),
    };
  } catch (error) {
    await writeFile(join(folder, 'unjudged-history.json'), JSON.stringify(history));
    throw error;
  } finally {
    ending.abort();
    watching.abort();
    agent.destroy();
    await servers?.stop();
    await database.stop().catch(() => {});
    await log.close();
  }
};
