import { PlatformError } from '@causeway/model/errors';
import { PolicyThread } from './policy-thread.ts';

/** So long a job waits for a thread before another is started: a thread costs 50 MB, and most jobs take less than 1 ms. */
const waitBeforeAnotherMs = 50;
/** A thread beside the first that nobody needed for so long ends. */
const idleMs = 60_000;

type Turn = (thread: PolicyThread) => void;

/**
 * Threads for policies. The first is started when it is needed, or at once when eager; more, when jobs have to wait. One that
 * is lost is replaced.
 */
export class ThreadPool {
  readonly #most: number;
  readonly #idle: PolicyThread[] = [];
  /** Somebody waits for these. */
  readonly #waiting: Turn[] = [];
  /** For these nobody does. */
  readonly #background: Turn[] = [];
  readonly #all = new Set<PolicyThread>();
  #another: NodeJS.Timeout | undefined;
  #surplus: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(most: number, eager: boolean) {
    this.#most = most;
    if (eager) this.#idle.push(this.#start());
  }

  /** Works with a thread that nobody else has; waits for one where all are taken, in order, in the background after all others. */
  async use<T>(work: (thread: PolicyThread) => Promise<T>, { background = false } = {}): Promise<T> {
    if (this.#closed)
      throw new PlatformError('Unavailable', 'Policies are not judged any more: the server is ending');
    const thread = await this.#take(background ? this.#background : this.#waiting);
    try {
      return await work(thread);
    } finally {
      this.#release(thread);
    }
  }

  /** Ends all threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#another);
    clearTimeout(this.#surplus);
    await Promise.all([...this.#all].map(thread => thread.end()));
    this.#all.clear();
  }

  #take(queue: Turn[]): PolicyThread | Promise<PolicyThread> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size === 0) return this.#start();
    if (this.#all.size < this.#most) this.#another ??= setTimeout(() => this.#grow(), waitBeforeAnotherMs);
    return new Promise(resolve => queue.push(resolve));
  }

  #start(): PolicyThread {
    const thread = new PolicyThread();
    this.#all.add(thread);
    return thread;
  }

  /** For whoever waits still. */
  #grow(): void {
    this.#another = undefined;
    const next = this.#waiting.shift();
    if (next && !this.#closed) next(this.#start());
    else if (next) this.#waiting.unshift(next);
  }

  #release(thread: PolicyThread): void {
    if (thread.ended) this.#all.delete(thread);
    const next = this.#waiting.shift() ?? this.#background.shift();
    if (next) next(thread.ended ? this.#start() : thread);
    else if (!thread.ended) this.#idle.push(thread);
    if (this.#idle.length > 1) this.#surplus ??= setTimeout(() => this.#shrink(), idleMs).unref();
  }

  #shrink(): void {
    this.#surplus = undefined;
    for (const thread of this.#idle.splice(1)) {
      this.#all.delete(thread);
      void thread.end();
    }
  }
}
