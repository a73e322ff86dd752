import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadResult {
  /** Status code or error message → how often. */
  readonly outcomes: Map<string, number>;
  readonly stop: () => Promise<void>;
}

export interface LoadOptions {
  readonly port: number;
  readonly perSecond: number;
  readonly keepAlive: boolean;
  readonly host?: string;
}

const workers = 15;

/** Sends requests at a steady rate until it is stopped; no request is repeated by the client. */
export const startLoad = ({
  port,
  perSecond,
  keepAlive,
  host = 'shop.localhost',
}: LoadOptions): LoadResult => {
  const agent = new Agent({ keepAlive, maxSockets: workers });
  const outcomes = new Map<string, number>();
  let running = true;
  const ask = (): Promise<void> =>
    new Promise(resolve => {
      const done = (outcome: string): void => {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        resolve();
      };
      request({ host: '127.0.0.1', port, agent, headers: { host } }, response => {
        response.on('error', error => done(error.message));
        response.resume().on('end', () => done(String(response.statusCode)));
      })
        .on('error', error => done(error.message))
        .end();
    });
  const pause = (workers * 1000) / perSecond;
  const loops = Array.from({ length: workers }, async (_, index) => {
    await sleep((pause * index) / workers);
    while (running) {
      const begun = performance.now();
      await ask();
      await sleep(Math.max(0, pause - (performance.now() - begun)));
    }
  });
  return {
    outcomes,
    stop: async () => {
      running = false;
      await Promise.all(loops);
      agent.destroy();
    },
  };
};
