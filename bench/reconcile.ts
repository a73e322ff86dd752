import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openDatabase, openEngine } from '../packages/engine/index.ts';
import { keyOf, keyText, kinds, NamespaceKind, RouteKind } from '../packages/model/index.ts';
import { ensureCluster, startPostgres } from '../packages/postgres/index.ts';
import type { BenchOptions } from './bench.ts';
import { percentile } from './figures.ts';
import { namespace, object } from './peer/peer-server.ts';

const actor = { user: 'system:server', from: 'bench' };
const reconcileAim = 50_000;
const latencyAim = 5;

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the controller did not come to rest');
    await new Promise(resolve => setImmediate(resolve));
  }
};

/** A controller that has nothing to do, over as many objects: how often a second it is asked. */
const noOpRate = async (engine: Engine, objects: number, rounds: number): Promise<number> => {
  let reconciled = 0;
  const controller = engine.run({
    name: 'bench-noop',
    kind: RouteKind,
    async reconcile(key) {
      engine.store.peek(RouteKind, key);
      reconciled += 1;
      return undefined;
    },
  });
  const keys = Array.from({ length: objects }, (_, index) => keyOf(object(`e-${index}`, index)));
  await until(() => reconciled >= objects);
  reconciled = 0;
  const began = performance.now();
  for (let round = 1; round <= rounds; round += 1) {
    for (const key of keys) controller.nudge(key);
    await until(() => reconciled >= round * objects);
  }
  const rate = reconciled / ((performance.now() - began) / 1000);
  await controller.stop();
  return rate;
};

/** Milliseconds from the moment a change has reached the cache to the reconcile that sees it. */
const latencies = async (
  engine: Engine,
  changes: number,
  writers: number,
  pauseMs: number,
): Promise<readonly number[]> => {
  const announced = new Map<string, number>();
  const found: number[] = [];
  const stopListening = engine.onChange(RouteKind, change => {
    announced.set(keyText(keyOf(change.object)), performance.now());
  });
  const controller = engine.run({
    name: 'bench-latency',
    kind: RouteKind,
    async reconcile(key) {
      const at = announced.get(keyText(key));
      if (at !== undefined) found.push(performance.now() - at);
      announced.delete(keyText(key));
      return undefined;
    },
  });
  let next = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (next < changes) {
        const index = next++;
        await engine.store.mutate(
          RouteKind,
          keyOf(object(`e-${index}`, index)),
          route => ({ ...route, spec: { ...route.spec, retries: (route.spec.retries + 1) % 6 } }),
          actor,
        );
        if (pauseMs > 0) await new Promise(resolve => setTimeout(resolve, pauseMs));
      }
    }),
  );
  await until(() => found.length >= changes);
  stopListening();
  await controller.stop();
  return found;
};

/** Reconciles that find nothing to do, and how soon after a change a reconcile begins. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  const cluster = join(folder, 'postgres');
  await ensureCluster({ folder: cluster });
  const postgres = await startPostgres({ folder: cluster, log: join(folder, 'postgres.log') });
  const engine = await openEngine({
    database: openDatabase(postgres.connectionString),
    kinds,
    log: line => console.error(line),
  });
  try {
    await engine.store.create(NamespaceKind, { metadata: { name: namespace } }, actor);
    const objects = quick ? 2000 : 10_000;
    await Promise.all(
      Array.from({ length: objects }, (_, index) =>
        engine.store.create(RouteKind, object(`e-${index}`, index), actor),
      ),
    );
    const rate = await noOpRate(engine, objects, quick ? 20 : 50);
    console.log(
      `  reconciles of ${objects} objects that find nothing to do: ${Math.round(rate).toLocaleString('en')}/s (aim ≥ ${reconcileAim.toLocaleString('en')}/s) ${rate >= reconcileAim ? '✔' : '✘'}`,
    );
    for (const [what, changes, writers, pauseMs] of [
      ['one change after another', quick ? 200 : 1000, 1, 5],
      ['64 writers at once', objects, 64, 0],
    ] as const) {
      const times = await latencies(engine, changes, writers, pauseMs);
      const p99 = percentile(times, 0.99);
      console.log(
        `  from the change to its reconcile, ${what}: p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (aim ≤ ${latencyAim} ms) ${p99 <= latencyAim ? '✔' : '✘'}`,
      );
    }
  } finally {
    await engine.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
