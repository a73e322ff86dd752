import type { FaultName, Happening } from '../core/happening.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { Network } from '../network/call.ts';
import { usualSlowness } from './pace.ts';
import type { Server } from './server.ts';

export interface FaultParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly database: DatabaseServer;
  readonly network: Network;
  readonly servers: readonly Server[];
  readonly record: { compacted: boolean };
}

/** What is wrong at a time; all of it is over at the end. Says whether there was something that it could hit. */
export type Fault<P = FaultParts> = (parts: P) => boolean;

const second = 1000;
const hour = 3_600_000;

const crashDatabase = ({ random, database, servers }: FaultParts): void => {
  database.crash(random.between(5, 600));
  for (const { link } of servers) link?.breakAll(random.pick([0, 50]));
};

/** What can go wrong with servers, their database and the ways between, whatever they run. */
export const faults: Readonly<Record<FaultName, Fault>> = {
  'a server crashes': ({ scheduler, random, servers }) => {
    const server = random.pick(servers);
    const ran = server.machine !== undefined;
    server.crash();
    scheduler.after(random.between(1, second), () => server.start());
    return ran;
  },
  'a server is replaced': ({ random, servers }) => {
    const server = random.pick(servers);
    server.replace();
    return server.engine !== undefined;
  },
  'connections to the database break': ({ random, servers }) => {
    const { link } = random.pick(servers);
    link?.breakAll(random.pick([0, 50, second]));
    return link !== undefined;
  },
  'one connection to the database breaks': ({ random, servers }) => {
    const connections = [...(random.pick(servers).link?.connections ?? [])];
    if (connections.length > 0) random.pick(connections).break(random.pick([0, 50, second]));
    return connections.length > 0;
  },
  'connections break as something is sent': ({ random, servers }) => {
    const { link } = random.pick(servers);
    if (link) link.strikes = 1 + random.below(4);
    return link !== undefined;
  },
  'a server is cut off from the database': ({ scheduler, random, servers }) => {
    const { link } = random.pick(servers);
    link?.cut(random.between(0, 500));
    scheduler.after(random.between(20, 1500), () => link?.heal());
    return link !== undefined;
  },
  'the way to the database is slow': ({ scheduler, random, servers }) => {
    const { link } = random.pick(servers);
    if (!link) return false;
    link.slowness = random.between(20, 400);
    scheduler.after(random.between(100, second), () => {
      link.slowness = usualSlowness.link;
    });
    return true;
  },
  'commits are slow': ({ scheduler, random, database }) => {
    database.slowness = random.between(50, 800);
    scheduler.after(random.between(100, second), () => {
      database.slowness = usualSlowness.commit;
    });
    return true;
  },
  'the database crashes': parts => {
    crashDatabase(parts);
    return true;
  },
  'the database crashes at a commit': parts => {
    const { scheduler, random, database } = parts;
    const atCommit = () => {
      database.onCommit.delete(atCommit);
      scheduler.after(random.between(0, database.slowness / 2), () => crashDatabase(parts));
      return undefined;
    };
    database.onCommit.add(atCommit);
    scheduler.after(second, () => database.onCommit.delete(atCommit));
    return true;
  },
  'clients are cut off': ({ scheduler, random, servers }) => {
    const server = random.pick(servers);
    server.reachable = false;
    server.breakCalls();
    scheduler.after(random.between(10, second), () => {
      server.reachable = true;
    });
    return true;
  },
  'connections of clients break': ({ random, servers }) => random.pick(servers).breakCalls(),
  'the way to the servers is slow': ({ scheduler, random, network }) => {
    network.slowness = random.between(20, 200);
    scheduler.after(random.between(100, second), () => {
      network.slowness = usualSlowness.network;
    });
    return true;
  },
  'somebody sets a clock': ({ random, servers }) => {
    const { machine } = random.pick(servers);
    machine?.jump(random.pick([-2 * hour, -second, second, 2 * hour]));
    return machine !== undefined;
  },
  'somebody sets the clock of the database': ({ random, database }) => {
    database.jump(random.pick([-2 * hour, -second, second, 2 * hour]));
    return true;
  },
  'the history is compacted': ({ random, servers, record, database }) => {
    record.compacted = true;
    const { revision } = database.truth.head;
    const { engine } = random.pick(servers);
    engine?.compact(random.chance(0.5) ? revision : random.below(revision + 1)).catch(() => {});
    return engine !== undefined;
  },
  'a server misses what is compacted': ({ scheduler, random, servers, record, database }) => {
    const { link } = random.pick(servers);
    if (!link) return false;
    record.compacted = true;
    link.cut(50);
    scheduler.after(random.between(100, 800), () => {
      database.truth.floor = database.truth.head.revision;
      database.truth.compact();
      link.heal();
    });
    return true;
  },
  'a server gets no processor': ({ random, servers }) => {
    const { machine } = random.pick(servers);
    machine?.stall(random.between(20, second));
    return machine !== undefined;
  },
};

/** Lets a few things go wrong within `ms`; which, when and how often is the seed’s choice. */
export const scheduleFaults = <P extends Pick<FaultParts, 'scheduler' | 'random'>>(
  parts: P,
  possible: Readonly<Partial<Record<Happening, Fault<P>>>>,
  ms: number,
  most: number,
): void => {
  const { scheduler, random } = parts;
  const all = Object.entries(possible) as [Happening, Fault<P>][];
  const chosen = Array.from({ length: 1 + random.below(most / 2) }, () => random.pick(all));
  const count = random.chance(0.05) ? 0 : 1 + random.below(most);
  for (let index = 0; index < count; index++) {
    const [name, strike] = random.pick(chosen);
    scheduler.after(random.between(0, ms), () => {
      if (strike(parts)) scheduler.count(name);
    });
  }
};
