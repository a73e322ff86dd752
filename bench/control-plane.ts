import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../packages/client/index.ts';
import { ServiceKind } from '../packages/model/index.ts';
import { memoryOf, percentile } from './figures.ts';

const team = 'bench';

const object = (name: string) => ({
  metadata: { name, namespace: team },
  spec: {
    description: 'integration-test',
    variables: [{ name: 'REGION', value: 'eu-central-1' }],
    replicas: 2,
  },
});

/** Creates, patches, gets, lists and watches over HTTP without TLS; no controllers; client on the same cores. */
export const run = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  const token = randomBytes(24).toString('hex');
  const child = fork(join(import.meta.dirname, 'api-only.ts'), [folder, token, team]);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', message => resolve((message as { port: number }).port));
      child.once('exit', code => reject(new Error(`the server ended with ${code}`)));
    });
    const client = createClient({ server: `http://127.0.0.1:${port}`, token });
    const services = client.resource(ServiceKind);
    const serial = { n: 0 };
    const measure = async (
      clients: number,
      count: number,
      work: (index: number) => Promise<unknown>,
    ): Promise<string> => {
      const times: number[] = [];
      let next = 0;
      const started = performance.now();
      await Promise.all(
        Array.from({ length: clients }, async () => {
          while (next < count) {
            const index = next++;
            const from = performance.now();
            await work(index);
            times.push(performance.now() - from);
          }
        }),
      );
      const rate = count / ((performance.now() - started) / 1000);
      return `${rate.toFixed(0)}/s, p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;
    };
    for (const [clients, count] of [
      [1, 300],
      [16, 2000],
      [128, 4000],
    ] as const) {
      const from = serial.n;
      const create = await measure(clients, count, () => services.create(team, object(`e-${serial.n++}`)));
      const patch = await measure(clients, count, index =>
        services.patch(team, `e-${from + index}`, { spec: { replicas: 3 } } as never),
      );
      console.log(`  ${String(clients).padStart(3)} clients: create ${create}; merge-patch ${patch}`);
    }
    console.log(
      `   32 clients: get ${await measure(32, 8000, index => services.get(team, `e-${index % 300}`))}`,
    );
    while (serial.n < 10_000)
      await Promise.all(Array.from({ length: 128 }, () => services.create(team, object(`e-${serial.n++}`))));
    const listed: number[] = [];
    let found = 0;
    for (let round = 0; round < 5; round += 1) {
      const started = performance.now();
      found = (await services.list({ namespace: team })).items.length;
      listed.push(performance.now() - started);
    }
    console.log(`  list of ${found}: p50 ${percentile(listed, 0.5).toFixed(0)} ms`);

    const stop = new AbortController();
    const sentAt = new Map<string, number>();
    const latencies: number[] = [];
    const { resourceVersion } = (await services.list({ namespace: team, limit: 1 } as never)) as unknown as {
      resourceVersion: string;
    };
    const watchers = Array.from({ length: 100 }, async () => {
      for await (const event of services.watch({
        namespace: team,
        ...(resourceVersion ? { resourceVersion } : {}),
        signal: stop.signal,
      } as never)) {
        const sent = sentAt.get((event as { object: { metadata: { name: string } } }).object.metadata.name);
        if (sent !== undefined) latencies.push(performance.now() - sent);
      }
    });
    await new Promise(resolve => setTimeout(resolve, 1000));
    for (let index = 0; index < 100; index += 1) {
      const name = `w-${index}`;
      sentAt.set(name, performance.now());
      await services.create(team, object(name));
    }
    await new Promise(resolve => setTimeout(resolve, 500));
    stop.abort();
    await Promise.allSettled(watchers);
    console.log(
      `  watch, 100 watchers, from the request to the event: p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms, n ${latencies.length}`,
    );
    console.log(
      `  the server holds ${(await memoryOf(child.pid ?? 0)).toFixed(0)} MiB with ${serial.n + 100} objects`,
    );
  } finally {
    child.send('stop');
    await new Promise(resolve => child.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
};
