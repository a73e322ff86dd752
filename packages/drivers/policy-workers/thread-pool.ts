import { PlatformError } from '@causeway/model/errors';
import { PolicyThread } from './policy-thread.ts';

/** Threads for policies: each is started when it is first needed, one of them at once when eager, and replaced when it is lost. */
export class ThreadPool {
  readonly #most: number;
  readonly #idle: PolicyThread[] = [];
  readonly #waiting: ((thread: PolicyThread) => void)[] = [];
  readonly #all = new Set<PolicyThread>();
  #closed = false;

  constructor(most: number, eager: boolean) {
    this.#most = most;
    if (eager) this.#idle.push(this.#start());
  }

  /** Works with a thread that nobody else has; waits for one where all are taken, in order. */
  async use<T>(work: (thread: PolicyThread) => Promise<T>): Promise<T> {
    if (this.#closed)
      throw new PlatformError('Unavailable', 'Policies are not judged any more: the server is ending');
    const thread = await this.#take();
    try {
      return await work(thread);
    } finally {
      this.#release(thread);
    }
  }

  /** Ends all threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map(thread => thread.end()));
    this.#all.clear();
  }

  #take(): PolicyThread | Promise<PolicyThread> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size < this.#most) return this.#start();
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  #start(): PolicyThread {
    const thread = new PolicyThread();
    this.#all.add(thread);
    return thread;
  }

  #release(thread: PolicyThread): void {
    if (thread.ended) this.#all.delete(thread);
    const next = this.#waiting.shift();
    if (next) next(thread.ended ? this.#start() : thread);
    else if (!thread.ended) this.#idle.push(thread);
  }
}
