import type { DurableDatabase } from './database.ts';
import type { Random } from './random.ts';
import type { Servers } from './servers.ts';

export interface DisturbancesOptions {
  /** How often something is killed. */
  readonly kills: number;
  readonly random: Random;
  readonly servers: Servers;
  readonly database: DurableDatabase;
  /** Servers are left alone. */
  readonly onlyDatabase: boolean;
  /** How many writes have been acknowledged so far. */
  readonly acknowledged: () => number;
}

export interface Disturbed {
  readonly kills: { server: number; allServers: number; database: number; databaseAndServer: number };
  pauses: number;
  cutConnections: number;
  /** From each kill to the next acknowledged writes, milliseconds. */
  readonly recoveries: number[];
}

/** After this without a write the platform counts as not having recovered. */
const recoveryDeadlineMs = 60_000;

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Kills servers and database, pauses servers and cuts connections, and goes on each time when writes are acknowledged again. */
export const disturb = async (options: DisturbancesOptions): Promise<Disturbed> => {
  const { random, servers, database, acknowledged } = options;
  const done: Disturbed = {
    kills: { server: 0, allServers: 0, database: 0, databaseAndServer: 0 },
    pauses: 0,
    cutConnections: 0,
    recoveries: [],
  };
  const someServer = (): number => random.pick(servers.ports.map((_, index) => index));
  const listening = async (): Promise<number> => {
    const deadline = performance.now() + recoveryDeadlineMs;
    for (;;) {
      const found = servers.listening();
      if (found.length > 0) return random.pick(found);
      if (performance.now() > deadline) throw new Error('no server listens any more');
      await sleep(5);
    }
  };

  /** What does not count as a kill. */
  const annoy = async (): Promise<void> => {
    if (random.chance(0.5)) {
      done.pauses += 1;
      await servers.pause(someServer(), random.between(50, 400));
    } else {
      done.cutConnections += await database.cutConnections(random.pick([0.3, 1])).catch(() => 0);
    }
  };

  const kill = async (): Promise<void> => {
    const choice = options.onlyDatabase ? 1 : random.next();
    if (choice < 0.6) {
      done.kills.server += 1;
      servers.kill(await listening(), random.between(0, 200));
    } else if (choice < 0.66) {
      done.kills.allServers += 1;
      for (const index of servers.ports.keys()) servers.kill(index, random.between(0, 200));
    } else {
      const withServer = !options.onlyDatabase && random.chance(0.2);
      done.kills[withServer ? 'databaseAndServer' : 'database'] += 1;
      if (withServer) servers.kill(someServer(), random.between(0, 200));
      await database.kill(random.chance(0.5), random.between(0, 150));
    }
  };

  const recovered = async (before: number, since: number): Promise<void> => {
    const enough = before + random.between(3, 12);
    while (acknowledged() < enough) {
      if (performance.now() - since > recoveryDeadlineMs)
        throw new Error(`no write was acknowledged within ${recoveryDeadlineMs / 1000} s of a kill`);
      await sleep(5);
    }
    done.recoveries.push(performance.now() - since);
  };

  for (let count = 0; count < options.kills; count += 1) {
    if (random.chance(0.25)) await annoy();
    const before = acknowledged();
    const since = performance.now();
    await kill();
    // Now and then the next blow falls before the platform is on its feet again.
    if (!random.chance(0.1)) await recovered(before, since);
    await sleep(random.between(0, 200));
  }
  return done;
};
