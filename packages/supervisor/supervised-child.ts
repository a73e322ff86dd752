import { spawn } from 'node:child_process';
import { baseEnvironment, type ChildDefinition, commandLine } from './child-definitions.ts';
import { closeLog, openLog } from './log-file.ts';
import { endProcess, identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { ProcessRecord } from './state-file.ts';

const lookEveryMs = 100;
const readyPatienceMs = 60_000;
const steadyMs = 10_000;
const longestPauseMs = 10_000;

/** Starts a process, watches it, and starts it again when it ends: at once the first time, then with growing pauses. */
export class SupervisedChild {
  readonly #definition: ChildDefinition;
  readonly #data: string;
  readonly #version: string;
  readonly #onChange: () => void;
  #state: ProcessRecord['state'] = 'stopped';
  #since = new Date().toISOString();
  #identity: ProcessIdentity | undefined;
  #restarts = 0;
  #quickEnds = 0;
  #runningVersion: string;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(definition: ChildDefinition, data: string, version: string, onChange: () => void) {
    this.#definition = definition;
    this.#data = data;
    this.#version = version;
    this.#runningVersion = version;
    this.#onChange = onChange;
  }

  get record(): ProcessRecord {
    return {
      name: this.#definition.name,
      state: this.#state,
      since: this.#since,
      restarts: this.#restarts,
      version: this.#runningVersion,
      ...(this.#identity ? { identity: this.#identity } : {}),
    };
  }

  /** Adopts what still runs of the same code; ends what runs of other code; then keeps one running. */
  begin(before: ProcessRecord | undefined): void {
    this.#loop = this.#keepRunning(before);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#identity) await endProcess(this.#identity, this.#definition.patienceMs);
    await this.#loop;
    this.#identity = undefined;
    this.#become('stopped');
  }

  /** Looks away; the process goes on. */
  leave(): void {
    this.#stopping = true;
  }

  async #keepRunning(before: ProcessRecord | undefined): Promise<void> {
    if (before?.identity && isAlive(before.identity)) {
      this.#restarts = before.restarts;
      if (before.version === this.#version) {
        await this.#watch(before.identity);
      } else {
        await endProcess(before.identity, this.#definition.patienceMs);
      }
    }
    while (!this.#stopping) {
      const started = performance.now();
      const identity = this.#start();
      if (identity) await this.#watch(identity);
      if (this.#stopping) return;
      this.#restarts += 1;
      this.#quickEnds = performance.now() - started > steadyMs ? 0 : this.#quickEnds + 1;
      this.#become(this.#quickEnds > 2 ? 'failing' : 'starting');
      if (this.#quickEnds > 1)
        await pause(Math.min(longestPauseMs, 100 * 2 ** this.#quickEnds), () => this.#stopping);
    }
  }

  #start(): ProcessIdentity | undefined {
    const log = openLog(this.#data, this.#definition.name);
    try {
      const child = spawn(process.execPath, commandLine(this.#version, this.#definition), {
        cwd: this.#data,
        env: { ...baseEnvironment(this.#data), ...this.#definition.environment },
        stdio: ['ignore', log, log],
        detached: true,
      });
      child.on('error', () => {});
      child.unref();
      this.#runningVersion = this.#version;
      return child.pid === undefined ? undefined : identityOf(child.pid);
    } finally {
      closeLog(log);
    }
  }

  /** Until it ends or we are told to leave it. */
  async #watch(identity: ProcessIdentity): Promise<void> {
    this.#identity = identity;
    this.#become(this.#quickEnds > 2 ? 'failing' : 'starting');
    const started = performance.now();
    while (!this.#stopping && isAlive(identity)) {
      if (this.#state !== 'running' && (await this.#definition.ready(identity.pid))) this.#become('running');
      else if (this.#state === 'starting' && performance.now() - started > readyPatienceMs)
        this.#become('failing');
      await new Promise(resolve =>
        setTimeout(resolve, this.#state === 'running' ? lookEveryMs : lookEveryMs / 4),
      );
    }
    if (!this.#stopping) this.#identity = undefined;
  }

  #become(state: ProcessRecord['state']): void {
    if (this.#state !== state) this.#since = new Date().toISOString();
    this.#state = state;
    this.#onChange();
  }
}

const pause = async (ms: number, cut: () => boolean): Promise<void> => {
  const until = performance.now() + ms;
  while (performance.now() < until && !cut()) await new Promise(resolve => setTimeout(resolve, 50));
};
