import { join } from 'node:path';
import { ensureCluster, type RunningPostgres, startPostgres } from '@causeway/postgres';
import { logFile } from './log-file.ts';
import { identityOf, isAlive } from './process-identity.ts';
import type { ProcessRecord } from './state-file.ts';

const lookEveryMs = 100;

/** The embedded PostgreSQL, started or adopted, and started again when it ends. */
export class SupervisedPostgres {
  readonly #data: string;
  readonly #onChange: () => void;
  #running: RunningPostgres | undefined;
  #record: ProcessRecord = {
    name: 'postgres',
    state: 'stopped',
    since: new Date().toISOString(),
    restarts: 0,
  };
  #stopping = false;

  constructor(data: string, onChange: () => void) {
    this.#data = data;
    this.#onChange = onChange;
  }

  get record(): ProcessRecord {
    return this.#record;
  }

  /** Resolves with where it is reached, once it takes connections. */
  async begin(signal: AbortSignal): Promise<string> {
    this.#become('starting');
    await ensureCluster({ folder: this.#folder, signal });
    const running = await this.#start();
    void this.#keepRunning();
    return running.connectionString;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.stop();
    this.#become('stopped');
  }

  leave(): void {
    this.#stopping = true;
  }

  get #folder(): string {
    return join(this.#data, 'postgres');
  }

  async #start(): Promise<RunningPostgres> {
    const running = await startPostgres({ folder: this.#folder, log: logFile(this.#data, 'postgres') });
    this.#running = running;
    this.#become('running');
    return running;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping) {
      const identity = this.#running && identityOf(this.#running.pid);
      while (identity && isAlive(identity) && !this.#stopping)
        await new Promise(resolve => setTimeout(resolve, lookEveryMs));
      if (this.#stopping) return;
      this.#record = { ...this.#record, restarts: this.#record.restarts + 1 };
      this.#become('starting');
      await this.#start().catch(async error => {
        console.error(`postgres: ${(error as Error).message}`);
        this.#become('failing');
        await new Promise(resolve => setTimeout(resolve, 1000));
      });
    }
  }

  #become(state: ProcessRecord['state']): void {
    const identity = state === 'running' && this.#running ? identityOf(this.#running.pid) : undefined;
    const { name, restarts } = this.#record;
    this.#record = {
      name,
      restarts,
      state,
      since: new Date().toISOString(),
      ...(identity ? { identity } : {}),
    };
    this.#onChange();
  }
}
