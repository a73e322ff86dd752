import { Worker } from 'node:worker_threads';
import type { Answer, Job, Loss, PolicyNumber } from './messages.ts';

/** What became of a job. When the thread is lost, it was at the `begun`th of its policies. `unsent`: what cannot be copied, such as a document without end. */
export type Outcome =
  | Exclude<Answer, { lost: Loss }>
  | { readonly unsent: string }
  | (Extract<Answer, { lost: Loss }> & { readonly begun: number });

const heapMegabytes = 512;
const stackMegabytes = 4;
/** How often a thread is looked at while it may stand still. */
const looks = 4;
/** To start, to take in a document and to load what it was told before is not the policy's doing. Milliseconds. */
const preparationPatience = 60_000;

/** Rules see no environment; the runtime finds its code compiled, which halves what the start of a thread costs. */
const compileCache: NodeJS.ProcessEnv =
  process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };

/** A thread that judges policies, one job at a time. It is started when it gets its first, and never outlives the process. */
export class PolicyThread {
  /** The policies whose sources it has been told. */
  readonly told = new Set<PolicyNumber>();
  readonly #numbers = new Map<string, PolicyNumber>();
  /** How many policies it has begun, and whether it is judging by one. */
  readonly #progress = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #ended = false;

  constructor() {
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), {
      name: 'policies',
      workerData: { progress: this.#progress.buffer },
      env: compileCache,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: stackMegabytes },
    });
    this.#worker.unref();
    this.#worker.once('exit', () => {
      this.#ended = true;
    });
    // Listened to for each job, too; without any listener it would end the process.
    this.#worker.on('error', () => {});
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Which policy of its job it is judging by, the first being 1; 0 when it is at none. */
  get judging(): number {
    return Atomics.load(this.#progress, 1) * Atomics.load(this.#progress, 0);
  }

  /** What it calls a policy, from the first time on that somebody asks. */
  numberOf(digest: string): PolicyNumber {
    const known = this.#numbers.get(digest);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(digest, number);
    return number;
  }

  /** Does a job. A policy that judges for `patience` milliseconds ends the thread. */
  async do(job: Job, patience: number): Promise<Outcome> {
    for (const slot of this.#progress.keys()) Atomics.store(this.#progress, slot, 0);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const lose = (lost: Loss): void => resolve({ lost, said: [], begun: Atomics.load(this.#progress, 0) });
    const onMessage = (answer: Answer): void =>
      resolve('lost' in answer ? { ...answer, begun: answer.said.length + 1 } : answer);
    const onError = (error: Error & { code?: string }): void =>
      lose(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { message: 'it needs more memory than its limit', limit: 'memory' }
          : { message: `its engine broke off: ${error.message}` },
      );
    const onExit = (): void => lose({ message: 'its engine ended' });
    const stopLooking = this.#look(patience, ms =>
      lose({ message: `it stood still for ${ms} ms`, limit: 'time' }),
    );
    this.#worker.once('message', onMessage).once('error', onError).once('exit', onExit);
    this.#worker.ref();
    try {
      try {
        this.#worker.postMessage(job);
      } catch (error) {
        const reason = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
        return { unsent: `the document cannot be judged: ${reason}` };
      }
      const outcome = await promise;
      if ('lost' in outcome) await this.end();
      return outcome;
    } finally {
      stopLooking();
      this.#worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  /** Calls when nothing was begun or done for so long, a quarter of it more at most. */
  #look(patience: number, onStandstill: (ms: number) => void): () => void {
    const everyMs = patience / looks;
    let seen = '';
    let still = 0;
    const timer = setInterval(() => {
      const now = this.#progress.map((_, slot) => Atomics.load(this.#progress, slot)).join();
      still = now === seen ? still + 1 : 0;
      seen = now;
      const isJudging = Atomics.load(this.#progress, 1) === 1;
      const atMost = isJudging ? patience : Math.max(patience, preparationPatience);
      if (still * everyMs >= atMost) onStandstill(atMost);
    }, everyMs);
    return () => clearInterval(timer);
  }
}
