import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import type { WorldRecord } from '../judge/record.ts';
import type { Network } from '../network/call.ts';
import { usualSlowness } from './pace.ts';
import type { Server } from './server.ts';

export interface FaultParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly database: DatabaseServer;
  readonly network: Network;
  readonly servers: readonly Server[];
  readonly record: WorldRecord;
}

/** What is wrong at a time; all of it is over at the end. */
type Fault = (parts: FaultParts) => void;

const second = 1000;

const faults: Readonly<Record<string, Fault>> = {
  'a server crashes': ({ scheduler, random, servers }) => {
    const server = random.pick(servers);
    server.crash();
    scheduler.after(random.between(1, second), () => server.start());
  },
  'a server is replaced': ({ random, servers }) => random.pick(servers).replace(),
  'connections to the database break': ({ random, servers }) => {
    random.pick(servers).link?.breakAll(random.pick([0, 50, second]));
  },
  'one connection to the database breaks': ({ random, servers }) => {
    const connections = [...(random.pick(servers).link?.connections ?? [])];
    if (connections.length > 0) random.pick(connections).break(random.pick([0, 50, second]));
  },
  'connections break as something is sent': ({ random, servers }) => {
    const { link } = random.pick(servers);
    if (link) link.strikes = 1 + random.below(4);
  },
  'a server is cut off from the database': ({ scheduler, random, servers }) => {
    const { link } = random.pick(servers);
    link?.cut(random.between(0, 500));
    scheduler.after(random.between(20, 1500), () => link?.heal());
  },
  'the way to the database is slow': ({ scheduler, random, servers }) => {
    const { link } = random.pick(servers);
    if (!link) return;
    link.slowness = random.between(20, 400);
    scheduler.after(random.between(100, second), () => {
      link.slowness = usualSlowness.link;
    });
  },
  'commits are slow': ({ scheduler, random, database }) => {
    database.slowness = random.between(50, 800);
    scheduler.after(random.between(100, second), () => {
      database.slowness = usualSlowness.commit;
    });
  },
  'the database crashes': ({ random, database, servers }) => {
    database.crash(random.between(5, 600));
    for (const { link } of servers) link?.breakAll(random.pick([0, 50]));
  },
  'clients are cut off': ({ scheduler, random, servers }) => {
    const server = random.pick(servers);
    server.reachable = false;
    server.breakCalls();
    scheduler.after(random.between(10, second), () => {
      server.reachable = true;
    });
  },
  'connections of clients break': ({ random, servers }) => random.pick(servers).breakCalls(),
  'the way to the servers is slow': ({ scheduler, random, network }) => {
    network.slowness = random.between(20, 200);
    scheduler.after(random.between(100, second), () => {
      network.slowness = usualSlowness.network;
    });
  },
  'somebody sets a clock': ({ random, servers }) => {
    const hour = 3_600_000;
    random.pick(servers).machine?.jump(random.pick([-2 * hour, -second, second, 2 * hour]));
  },
  'the history is compacted': ({ random, servers, record, database }) => {
    record.compacted = true;
    const { revision } = database.truth.head;
    const { engine } = random.pick(servers);
    engine?.compact(random.chance(0.5) ? revision : random.below(revision + 1)).catch(() => {});
  },
  'a server gets no processor': ({ random, servers }) => {
    random.pick(servers).machine?.stall(random.between(20, second));
  },
};

/** Lets a few things go wrong within `ms`; which, when and how often is the seed’s choice. */
export const scheduleFaults = (parts: FaultParts, ms: number): void => {
  const { scheduler, random } = parts;
  const names = Object.keys(faults);
  const chosen = Array.from({ length: 1 + random.below(3) }, () => random.pick(names));
  const count = random.chance(0.05) ? 0 : 1 + random.below(6);
  for (let index = 0; index < count; index++) {
    const name = random.pick(chosen);
    scheduler.after(random.between(0, ms), () => {
      scheduler.trace(() => `fault: ${name}`);
      faults[name]?.(parts);
    });
  }
};
