import type { Engine } from '@causeway/engine';
import { PlatformError } from '@causeway/model';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { usualSlowness } from '../world/pace.ts';
import type { Server } from '../world/server.ts';

/** Nobody will ever say what became of a request. */
export class Unanswered extends Error {}

/** Clients and servers, and what lies between. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  /** What one way takes at most, milliseconds. */
  slowness: number = usualSlowness.network;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  latency(): number {
    return this.#random.chance(0.01)
      ? this.#random.between(0, 100)
      : this.#random.between(0.05, this.slowness);
  }

  /** Asks a server. Throws what it throws, `Unavailable` when it was not reached, `Unanswered` when the connection broke. */
  call<T>(server: Server, work: (engine: Engine) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let open = true;
      let arrived = false;
      const end = (answer: () => void): void => {
        if (!open) return;
        open = false;
        forget();
        answer();
      };
      const back = (answer: () => void) => this.#scheduler.after(this.latency(), () => end(answer));
      const forget = server.onBreak(() => {
        const reached = arrived || this.#random.chance(0.5);
        arrived = true;
        if (!reached) cancel();
        this.#scheduler.after(this.#random.between(0, 200), () => end(() => reject(new Unanswered())));
        forgetAnswers = true;
      });
      let forgetAnswers = false;
      const answer = (give: () => void) => {
        if (!forgetAnswers) back(give);
      };
      const cancel = this.#scheduler.after(this.latency(), () => {
        const { machine, engine } = server;
        arrived = true;
        if (!machine || !engine || !server.reachable) {
          this.#scheduler.count('a client reaches no server');
          return answer(() =>
            reject(new PlatformError('Unavailable', 'connection refused', { evidence: ['refused'] })),
          );
        }
        machine.deliver(0, () => {
          work(engine).then(
            value => answer(() => resolve(value)),
            error => answer(() => reject(error)),
          );
        });
      });
    });
  }
}
