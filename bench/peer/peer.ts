import { loadavg } from 'node:os';
import { TeamKind } from '../../packages/model/index.ts';
import type { BenchOptions } from '../bench.ts';
import { percentile } from '../figures.ts';
import { startFloorServer } from './floor-server.ts';
import { startKubernetesServer } from './kubernetes-server.ts';
import { type Measured, measure, rateOf, sayMeasured, together } from './measure.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { createPeerClient, type PeerClient } from './peer-client.ts';
import { collection, namespace, object, type PeerServer } from './peer-server.ts';
import { memory } from './process-figures.ts';
import { everyMs, unmeasured, watchLatency } from './watch-latency.ts';

interface Size {
  readonly rounds: number;
  /** Creates, patches and gets before anything is measured: a just-in-time compiler needs to have seen the work. */
  readonly warmUp: number;
  /** Creates, and merge-patches, of a round at 1, 16 and 128 clients. */
  readonly writes: readonly (readonly [clients: number, count: number, aim: number])[];
  readonly gets: number;
  readonly lists: number;
  readonly watches: readonly (readonly [watchers: number, events: number])[];
  /** Objects for memory and the time to ready. */
  readonly objects: number;
}

const quickSize: Size = {
  rounds: 1,
  warmUp: 3000,
  writes: [
    [1, 300, 2],
    [16, 1500, 4],
    [128, 3000, 8],
  ],
  gets: 6000,
  lists: 20,
  watches: [
    [100, 50],
    [1000, 50],
  ],
  objects: 12_000,
};

const fullSize: Size = {
  rounds: 3,
  warmUp: 6000,
  writes: [
    [1, 1000, 2],
    [16, 4000, 4],
    [128, 8000, 8],
  ],
  gets: 20_000,
  lists: 40,
  watches: [
    [100, 200],
    [1000, 200],
  ],
  objects: 100_000,
};

const listed = 10_000;

const say = (line: string): void => console.log(`  ${line}`);
const verdict = (reached: boolean): string => (reached ? '✔' : '✘');

/** `4.1× (aim ≥ 4×) ✔` */
const atLeast = (ratio: number, aim: number): string =>
  `${ratio.toFixed(2)}× (aim ≥ ${aim}×) ${verdict(ratio >= aim)}`;
const atMost = (ratio: number, aim: number, shown: string): string =>
  `${ratio.toFixed(2)} of it (aim ≤ ${shown}) ${verdict(ratio <= aim)}`;

const total = (parts: ReadonlyMap<string, number>): number =>
  [...parts.values()].reduce((sum, part) => sum + part, 0);

/** The same work on both, round by round in turn. */
const both = async <T>(
  servers: readonly [PeerServer, PeerServer],
  rounds: number,
  work: (server: PeerServer, round: number) => Promise<T>,
): Promise<readonly [readonly T[], readonly T[]]> => {
  const ours: T[] = [];
  const theirs: T[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await work(servers[1], round));
    ours.push(await work(servers[0], round));
  }
  return [ours, theirs];
};

const withClient = async <T>(
  server: PeerServer,
  connections: number,
  work: (client: PeerClient) => Promise<T>,
): Promise<T> => {
  const client = createPeerClient(server, connections);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.close();
  }
};

const compareRates = (what: string, ours: Measured, theirs: Measured, aim: number): void => {
  say(`${what}: ${atLeast(rateOf(ours) / rateOf(theirs), aim)}`);
  say(`    ours  ${sayMeasured(ours)}`);
  say(`    peer  ${sayMeasured(theirs)}`);
};

const compareTimes = (
  what: string,
  ours: readonly number[],
  theirs: readonly number[],
  share: number,
  aim: number,
  shown: string,
): void => {
  const at = (times: readonly number[], which: number) => percentile(times, which).toFixed(1);
  const told = (times: readonly number[]) => `p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`;
  say(`${what}: ${atMost(percentile(ours, share) / percentile(theirs, share), aim, shown)}`);
  say(`    ours  ${told(ours)}`);
  say(`    peer  ${told(theirs)}`);
};

/** What a create costs a server in Node.js that does nothing but read and answer. */
const sayFloor = async (own: OwnServer, clients: number, count: number): Promise<void> => {
  const floor = await startFloorServer(own);
  try {
    const measured = await withClient(floor, clients, client => {
      const post = (index: number) => client.send('POST', collection, object(`e-${index}`, index));
      return measure(floor, clients, count, post).then(() => measure(floor, clients, count, post));
    });
    say(`create, ${clients} clients, of a server in Node.js that only reads and answers:`);
    say(`    floor ${sayMeasured(measured)}`);
  } finally {
    await floor.stop();
  }
};

/** Milliseconds from the request of a list: until the client has its text, and until it has parsed that, too. */
interface ListTime {
  readonly received: number;
  readonly parsed: number;
}

const listTimes = (server: PeerServer, path: string, times: number, expected: number): Promise<ListTime[]> =>
  withClient(server, 1, async client => {
    const found: ListTime[] = [];
    for (let round = 0; round < times; round += 1) {
      const began = performance.now();
      const text = await client.send('GET', path);
      const received = performance.now() - began;
      const { items } = JSON.parse(text) as { items: unknown[] };
      found.push({ received, parsed: performance.now() - began });
      if (items.length < expected) throw new Error(`${server.name}: ${path}: ${items.length} items`);
    }
    return found;
  });

/** What both servers' clients wait for; and beside it, what they wait for with their own parsing, which is no server's doing. */
const compareLists = (what: string, ours: readonly ListTime[], theirs: readonly ListTime[]): void => {
  const [received, parsed] = (['received', 'parsed'] as const).map(until => [
    ours.map(time => time[until]),
    theirs.map(time => time[until]),
  ]) as [[number[], number[]], [number[], number[]]];
  compareTimes(`${what}, received`, ...received, 0.5, 1 / 5, '1/5');
  compareTimes(`${what}, received and parsed by the client`, ...parsed, 0.5, 1 / 5, '1/5');
};

/** Waits until the server serves the collection. */
const untilServed = async (server: PeerServer): Promise<void> => {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const served = await withClient(server, 1, client => client.send('GET', `${collection}?limit=1`)).then(
      () => true,
      () => false,
    );
    if (served) return;
    if (performance.now() > deadline) throw new Error(`${server.name} does not serve ${collection}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};

const warmUp = async (
  server: PeerServer,
  count: number,
  create: (server: PeerServer, clients: number, count: number) => Promise<unknown>,
): Promise<void> => {
  await create(server, 16, count);
  await withClient(server, 16, client =>
    measure(server, 16, count, async index => {
      const path = `${collection}/e-${index}`;
      await client.send('PATCH', path, { spec: { retries: index % 5 } }, 'application/merge-patch+json');
      await client.send('GET', path);
    }),
  );
};

const compare = async (servers: readonly [OwnServer, PeerServer], size: Size): Promise<void> => {
  const counts = new Map(servers.map(server => [server, 0]));
  const create = (server: PeerServer, clients: number, count: number): Promise<Measured> =>
    withClient(server, clients, client => {
      const from = counts.get(server) ?? 0;
      counts.set(server, from + count);
      return measure(server, clients, count, index =>
        client.send('POST', collection, object(`e-${from + index}`, from + index)),
      );
    });
  for (const server of servers) await warmUp(server, size.warmUp, create);
  for (const [clients, count, aim] of size.writes) {
    const created = await both(servers, size.rounds, server => create(server, clients, count));
    compareRates(`create, ${clients} clients`, together(created[0]), together(created[1]), aim);
    const patched = await both(servers, size.rounds, (server, round) =>
      withClient(server, clients, client =>
        measure(server, clients, count, index =>
          client.send(
            'PATCH',
            `${collection}/e-${index}`,
            {
              spec: { retries: (clients + round) % 5 },
              metadata: { labels: { round: `${clients}-${round}` } },
            },
            'application/merge-patch+json',
          ),
        ),
      ),
    );
    compareRates(`merge-patch, ${clients} clients`, together(patched[0]), together(patched[1]), aim);
  }
  const [many = 0, count = 0] = size.writes.at(-1) ?? [];
  await sayFloor(servers[0], many, count);
  const got = await both(servers, size.rounds, server =>
    withClient(server, 32, client =>
      measure(server, 32, size.gets, index => client.send('GET', `${collection}/e-${index % 300}`)),
    ),
  );
  compareRates('get, 32 clients', together(got[0]), together(got[1]), 6);

  const fillTo = async (server: PeerServer, objects: number) => {
    const missing = objects - (counts.get(server) ?? 0);
    if (missing > 0) await create(server, 128, missing);
  };
  for (const server of servers) await fillTo(server, listed);
  const full = `${collection}?limit=${listed}`;
  const lists = await both(servers, size.rounds, server => listTimes(server, full, size.lists, listed));
  compareLists(`list of ${listed}`, lists[0].flat(), lists[1].flat());
  const labelled = `${collection}?labelSelector=group%3Dg7`;
  const byLabel = await both(servers, size.rounds, server =>
    listTimes(server, labelled, size.lists, listed / 100),
  );
  compareLists('list by label, 1 of 100', byLabel[0].flat(), byLabel[1].flat());

  say(
    `watches: a create every ${everyMs} ms; the first ${unmeasured} after the connections are made are not measured`,
  );
  for (const [watchers, events] of size.watches) {
    const seen = await both(servers, 1, server => watchLatency(server, watchers, events, `w${watchers}`));
    compareTimes(`watch, ${watchers} watchers`, seen[0].flat(), seen[1].flat(), 0.99, 1, '1, by p99');
  }

  for (const server of servers) await fillTo(server, size.objects);
  const held = await Promise.all(servers.map(memory));
  const [ours, theirs] = held as [ReadonlyMap<string, number>, ReadonlyMap<string, number>];
  const shown = (parts: ReadonlyMap<string, number>) =>
    [...parts].map(([name, value]) => `${name} ${value.toFixed(0)} MiB`).join(', ');
  say(`memory with ${size.objects} objects: ${atMost(total(ours) / total(theirs), 1 / 3, '1/3')}`);
  say(`    ours  ${shown(ours)}`);
  say(`    peer  ${shown(theirs)}`);
  const restarted: number[] = [];
  for (const server of servers) {
    await server.restart();
    const began = performance.now();
    await untilServed(server);
    await listTimes(server, full, 1, listed);
    restarted.push((performance.now() - began) / 1000);
  }
  say(
    `from the start of the server to its first list of ${listed}, with ${size.objects} objects: ours ${restarted[0]?.toFixed(1)} s, peer ${restarted[1]?.toFixed(1)} s`,
  );
};

/** Ours against a real kube-apiserver on etcd: the same client, objects and counts, in turn, both over TLS and with fsync. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const peer = await startKubernetesServer();
  try {
    const own = await startOwnServer();
    try {
      await untilServed(peer);
      await untilServed(own);
      await withClient(own, 1, client =>
        client.send('POST', `/apis/causeway.dev/v1/${TeamKind.plural}`, {
          apiVersion: 'causeway.dev/v1',
          kind: 'Team',
          metadata: { name: namespace },
        }),
      );
      say(`ours: ${await own.describe()}`);
      say(`peer: ${await peer.describe()}`);
      say(
        `both over TLS; client in Node.js ${process.version} on the same cores, HTTP/1.1; ${quick ? 'quick' : 'full'}; both after ${(quick ? quickSize : fullSize).warmUp} creates, patches and gets`,
      );
      await compare([own, peer], quick ? quickSize : fullSize);
      say(`load at the end ${loadavg()[0]?.toFixed(2)}`);
    } finally {
      await own.stop();
    }
  } finally {
    await peer.stop();
  }
};
