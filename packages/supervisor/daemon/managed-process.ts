import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessName, ProcessRecord, ProcessState } from '../data/platform-state.ts';
import { identify, isAlive, type ProcessIdentity } from '../processes/identity.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { restartDelay } from './restart-delay.ts';

/** One of the platform's programs, as data and small functions: how it is started and known to be ready. */
export interface Program {
  readonly name: ProcessName;
  /** The version that a start gives; none for PostgreSQL. */
  readonly version?: string;
  /** Resolves with its pid when it is started, not when it is ready. */
  start(signal: AbortSignal): Promise<number>;
  isReady(pid: number): Promise<boolean>;
  /** The process that took its place by a hand-over. */
  successor?(): Promise<number | undefined>;
  /** Puts another version in its place; the default is to end it, so that it is started again. */
  replace?(running: ProcessIdentity): Promise<void>;
  /** How long it may take to end. Milliseconds. */
  readonly graceMs: number;
}

interface Hooks {
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

const LOOK_EVERY_MS = 250;
const LOOK_FOR_READY_EVERY_MS = 20;

/** Keeps one program running: starts it or takes over the one that runs, notices its end, starts it again. */
export class ManagedProcess {
  readonly #program: Program;
  readonly #hooks: Hooks;
  #record: ProcessRecord;
  #ends: number[] = [];

  constructor(program: Program, previous: ProcessRecord | undefined, hooks: Hooks) {
    this.#program = program;
    this.#hooks = hooks;
    const { identity, version } = previous ?? {};
    const adopted = identity !== undefined && isAlive(identity);
    this.#record = {
      name: program.name,
      state: 'starting',
      since: new Date().toISOString(),
      restarts: 0,
      failures: 0,
      ...(adopted ? { identity, ...(version === undefined ? {} : { version }) } : {}),
    };
  }

  get record(): ProcessRecord {
    return this.#record;
  }

  get isCurrent(): boolean {
    return this.#record.version === this.#program.version;
  }

  /** Until the signal ends it; the process itself goes on. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const identity = this.#record.identity ?? (await this.#start(signal));
        await this.#accompany(identity, signal);
      } catch (error) {
        if (!signal.aborted) this.#hooks.log(`${this.#program.name}: ${describe(error)}`);
      }
      if (!signal.aborted) await this.#pause(signal);
    }
  }

  async untilRunning(signal: AbortSignal): Promise<void> {
    while (this.#record.state !== 'running') await sleep(LOOK_FOR_READY_EVERY_MS, undefined, { signal });
  }

  /** Runs the program's present version. */
  async replace(signal: AbortSignal): Promise<void> {
    const { identity } = this.#record;
    if (identity === undefined) return;
    this.#hooks.log(`${this.#program.name}: replacing version ${this.#record.version}`);
    await (this.#program.replace?.(identity) ?? stopProcess(identity, this.#program.graceMs));
    while (!this.isCurrent) await sleep(LOOK_FOR_READY_EVERY_MS, undefined, { signal });
    await this.untilRunning(signal);
  }

  async #start(signal: AbortSignal): Promise<ProcessIdentity> {
    this.#set('starting', {});
    const pid = await this.#program.start(signal);
    const identity = identify(pid);
    if (identity === undefined) throw new Error(`ended at once (process ${pid})`);
    this.#set('starting', this.#identified(identity));
    return identity;
  }

  /** Resolves when the process, or the one that took its place, has ended. */
  async #accompany(first: ProcessIdentity, signal: AbortSignal): Promise<void> {
    if (!(await this.#untilReady(first, signal))) return;
    this.#set('running', { failures: 0 });
    for (let identity = first; !signal.aborted; ) {
      const next = await this.#successorOf(identity);
      if (next !== undefined) {
        identity = next;
        this.#set('running', this.#identified(next));
      } else if (!isAlive(identity)) return;
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** However long that takes: what waits for something else, a database say, is not helped by being ended. */
  async #untilReady(identity: ProcessIdentity, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && isAlive(identity)) {
      if (await this.#program.isReady(identity.pid)) return true;
      await sleep(LOOK_FOR_READY_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async #successorOf(identity: ProcessIdentity): Promise<ProcessIdentity | undefined> {
    const pid = await this.#program.successor?.();
    return pid === undefined || pid === identity.pid ? undefined : identify(pid);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#ends = [...this.#ends.slice(-10), now];
    const delay = restartDelay(this.#ends, now);
    const { state, failures, restarts, identity } = this.#record;
    this.#hooks.log(
      `${this.#program.name}: ended (process ${identity?.pid ?? 'never started'}), next start in ${delay} ms`,
    );
    this.#record = withoutProcess(this.#record);
    this.#set('restarting', { failures: state === 'running' ? 0 : failures + 1, restarts: restarts + 1 });
    await sleep(delay, undefined, { signal }).catch(() => undefined);
  }

  #identified(identity: ProcessIdentity): Partial<ProcessRecord> {
    const { version } = this.#program;
    return { identity, ...(version === undefined ? {} : { version }) };
  }

  #set(state: ProcessState, changes: Partial<ProcessRecord>): void {
    const since = state === this.#record.state ? this.#record.since : new Date().toISOString();
    this.#record = { ...this.#record, ...changes, state, since };
    this.#hooks.changed();
  }
}

const withoutProcess = ({ identity: _identity, version: _version, ...rest }: ProcessRecord): ProcessRecord =>
  rest;

const describe = (error: unknown): string => {
  const { message, evidence = [] } = error as Error & { evidence?: readonly string[] };
  return [message, ...evidence].join('\n  ');
};
