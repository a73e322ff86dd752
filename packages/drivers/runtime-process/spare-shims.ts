import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PlatformError } from '@causeway/model';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { shimEnvironment, shimFile } from './shim.ts';

/** A shim, still without a workload. It begins when it is told a workload's id. */
export interface WaitingShim {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity | undefined;
}

export interface SpareShimsOptions {
  /** The folder of all workloads. */
  readonly folder: string;
  /** What stands before the shim: it is in its own mount namespace before it knows its workload. */
  readonly launcher: readonly string[];
  /** Whether programs are starting: they need the processors. */
  readonly busy: () => boolean;
}

/** As many processes as a small environment starts at once. */
const wanted = 4;

const afterUseMs = 250;
const betweenMs = 25;
/** Something that hangs may be starting all the time. */
const mostPostponed = 20;

/**
 * Keeps a few shims waiting, so that whoever asks for a workload waits for no fork of this large process and no namespace. They
 * end with this process: their input does.
 */
export class SpareShims {
  readonly #options: SpareShimsOptions;
  #waiting: WaitingShim[] = [];
  #timer: NodeJS.Timeout | undefined;
  #postponed = 0;
  #closed = false;

  constructor(options: SpareShimsOptions) {
    this.#options = options;
    this.#fillIn(afterUseMs);
  }

  /** One that waits, or a new one. Rejects with `StartFailed`. */
  async take(): Promise<WaitingShim> {
    this.#fillIn(afterUseMs);
    for (let spare = this.#waiting.shift(); spare; spare = this.#waiting.shift())
      if (spare.identity && isAlive(spare.identity)) return spare;
    return this.#start();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { child } of this.#waiting.splice(0)) child.stdin?.destroy();
  }

  #fillIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.#fill(), ms).unref();
  }

  /** One at a time: each fork stops this process for a moment. */
  async #fill(): Promise<void> {
    if (this.#waiting.length >= wanted) return;
    if (this.#options.busy() && this.#postponed++ < mostPostponed) return this.#fillIn(afterUseMs);
    this.#postponed = 0;
    try {
      const spare = await this.#start();
      if (this.#closed) return void spare.child.stdin?.destroy();
      this.#waiting.push(spare);
      this.#fillIn(betweenMs);
    } catch {
      // The machine is full: whoever needs one tries again and is told.
    }
  }

  /** Some reasons not to start are thrown; others come as an event, and then there is no pid. */
  async #start(): Promise<WaitingShim> {
    const { folder, launcher } = this.#options;
    const [program, ...args] = [...launcher, '/bin/sh', shimFile, 'await'];
    try {
      const child = spawn(program!, args, {
        cwd: folder,
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
        env: { ...shimEnvironment },
      });
      // It may have ended: whoever follows it finds that out.
      child.stdin?.on('error', () => {});
      if (child.pid === undefined) await once(child, 'spawn');
      child.unref();
      (child.stdin as { unref?: () => void } | null)?.unref?.();
      return { child, identity: identify(child.pid!) };
    } catch (cause) {
      throw new PlatformError(
        'StartFailed',
        `The process could not be started: ${(cause as Error).message}.`,
        { cause },
      );
    }
  }
}
