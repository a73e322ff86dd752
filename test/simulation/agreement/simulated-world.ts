import { Machine } from '../core/machine.ts';
import { Random } from '../core/random.ts';
import { Scheduler } from '../core/scheduler.ts';
import { DatabaseLink } from '../database/database-connection.ts';
import { DatabaseServer } from '../database/database-server.ts';
import { simulateDatabase } from '../database/simulated-database.ts';
import { hear, type PortWorld } from './port-world.ts';

/** Far longer than anything takes, a statement that arrives late included. */
const longMs = 5000;

/** Two servers on one simulated database. */
export const simulatedWorld = async (seed: number): Promise<PortWorld> => {
  const random = new Random(seed);
  const scheduler = new Scheduler({ trace: false });
  const server = new DatabaseServer(scheduler, random);
  const links = ['a', 'b'].map(
    name => new DatabaseLink(new Machine(name, scheduler, random), server, scheduler, random),
  );
  const until = (holds: () => boolean) => scheduler.run(holds);
  const pass = (ms: number) => {
    let passed = false;
    scheduler.after(ms, () => {
      passed = true;
    });
    return until(() => passed);
  };
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    const end = () => {
      settled = true;
    };
    work.then(end, end);
    await until(() => settled);
    return work;
  };
  const databases = links.map(simulateDatabase);
  for (const database of databases) await settle(database.migrate());
  return {
    servers: databases.map(database => ({ database, heard: hear(database) })),
    settle,
    until,
    async waits(work) {
      let settled = false;
      work.then(
        () => {
          settled = true;
        },
        () => {
          settled = true;
        },
      );
      await pass(50);
      return !settled;
    },
    async breakConnections() {
      for (const link of links) link.breakAll(0);
      await pass(longMs);
    },
    async age() {},
    close: () => settle(Promise.all(databases.map(database => database.close())).then(() => {})),
  };
};
