import { type Engine, type EngineOptions, openEngine } from '@causeway/engine';
import { Machine } from '../core/machine.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { DatabaseLink } from '../database/database-connection.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import { simulateDatabase } from '../database/simulated-database.ts';

export interface ServerParts {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly database: DatabaseServer;
  readonly options: Pick<EngineOptions, 'kinds' | 'quotaOf'>;
  /** Runs what makes the engine a platform. */
  readonly populate: (engine: Engine, machine: Machine) => void;
}

/** What runs on a server between two starts. */
interface Run {
  readonly machine: Machine;
  readonly link: DatabaseLink;
  engine: Engine | undefined;
}

/** A server of the platform: the engine of production, with what this world runs on it. It can crash, and starts again with nothing in memory. */
export class Server {
  readonly name: string;
  readonly #parts: ServerParts;
  #run: Run | undefined;
  #starts = 0;
  /** Whether clients reach it. */
  reachable = true;
  /** What to tell when a connection of a client breaks. */
  readonly #calls = new Set<() => void>();

  constructor(parts: ServerParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get machine(): Machine | undefined {
    return this.#run?.machine;
  }

  get link(): DatabaseLink | undefined {
    return this.#run?.link;
  }

  /** The engine, once it is open. */
  get engine(): Engine | undefined {
    return this.#run?.engine;
  }

  start(): void {
    if (this.#run) return;
    const { scheduler, random, database } = this.#parts;
    this.#starts += 1;
    const machine = new Machine(`${this.name}/${this.#starts}`, scheduler, random);
    const run: Run = {
      machine,
      link: new DatabaseLink(machine, database, scheduler, random),
      engine: undefined,
    };
    this.#run = run;
    scheduler.trace(() => `${machine.name} starts`);
    this.#open(run).catch(error => {
      scheduler.trace(() => `${machine.name} cannot start: ${String(error)}`);
      if (this.#run !== run) return;
      this.crash();
      scheduler.after(100, () => this.start());
    });
  }

  async #open(run: Run): Promise<void> {
    const { scheduler, options } = this.#parts;
    const { machine } = run;
    const engine = await openEngine({
      ...options,
      database: simulateDatabase(run.link),
      clock: machine.clock,
      chance: machine.chance,
      log: line => scheduler.trace(() => `${machine.name} logs: ${line.split('\n')[0]}`),
    });
    run.engine = engine;
    this.#parts.populate(engine, machine);
    scheduler.trace(() => `${machine.name} serves from revision ${engine.reading().revision}`);
  }

  /** Everything in memory is gone; what was sent is on its way. */
  crash(): void {
    const run = this.#run;
    if (!run) return;
    this.#parts.scheduler.trace(() => `${run.machine.name} is gone`);
    run.machine.crash();
    run.link.breakAll(0);
    this.#run = undefined;
    this.breakCalls();
  }

  /** Stops as an upgrade would, finishes what it has begun, and starts again. */
  replace(): void {
    const run = this.#run;
    if (!run?.engine) return;
    this.#parts.scheduler.trace(() => `${run.machine.name} stops`);
    run.engine.close().then(() => {
      if (this.#run !== run) return;
      this.crash();
      this.start();
    });
  }

  /** Registers what breaks with the connections; the result takes it back. */
  onBreak(fail: () => void): () => void {
    this.#calls.add(fail);
    return () => this.#calls.delete(fail);
  }

  /** Says whether there were any. */
  breakCalls(): boolean {
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const fail of calls) fail();
    return calls.length > 0;
  }
}
