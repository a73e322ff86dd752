import { percentile } from '../figures.ts';
import type { PeerServer } from './peer-server.ts';
import { processorSeconds } from './process-figures.ts';

/** What a server did in one or more rounds of the same work. */
export interface Measured {
  readonly operations: number;
  readonly seconds: number;
  /** Milliseconds of each operation. */
  readonly times: readonly number[];
  /** Seconds of processor time of each program of the server, and of the client. */
  readonly processor: ReadonlyMap<string, number>;
}

/** Does `work` for 0 … count-1, by so many workers at once. */
export const measure = async (
  server: PeerServer,
  workers: number,
  count: number,
  work: (index: number) => Promise<unknown>,
): Promise<Measured> => {
  const times: number[] = [];
  let next = 0;
  const before = await processorSeconds(server);
  const client = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < count) {
        const index = next++;
        const from = performance.now();
        await work(index);
        times.push(performance.now() - from);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(client);
  const after = await processorSeconds(server);
  const processor = new Map([
    ...[...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const),
    ['client', (user + system) / 1e6] as const,
  ]);
  return { operations: count, seconds, times, processor };
};

export const together = (rounds: readonly Measured[]): Measured => ({
  operations: rounds.reduce((sum, round) => sum + round.operations, 0),
  seconds: rounds.reduce((sum, round) => sum + round.seconds, 0),
  times: rounds.flatMap(round => round.times),
  processor: new Map(
    [...(rounds[0]?.processor.keys() ?? [])].map(
      name => [name, rounds.reduce((sum, round) => sum + (round.processor.get(name) ?? 0), 0)] as const,
    ),
  ),
});

export const rateOf = ({ operations, seconds }: Measured): number => operations / seconds;

/** `1,234/s, p50 1.2 ms, p99 3.4 ms; CPU an operation: server 120 µs, postgres 40 µs` */
export const sayMeasured = (measured: Measured): string => {
  const cpu = [...measured.processor].map(
    ([name, seconds]) => `${name} ${((seconds / measured.operations) * 1e6).toFixed(0)} µs`,
  );
  const at = (share: number) => percentile(measured.times, share).toFixed(1);
  return `${Math.round(rateOf(measured)).toLocaleString('en')}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; CPU an operation: ${cpu.join(', ')}`;
};
