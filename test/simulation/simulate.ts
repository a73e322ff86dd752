import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './world/simulate.ts';

// test/simulation/simulate.ts --seed N: one world, with all that happened in it.
// test/simulation/simulate.ts --seeds COUNT [--from N]: many worlds; says which failed.

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' } },
});

const whole = (name: 'seed' | 'seeds' | 'from', otherwise: number): number => {
  const value = values[name];
  if (value === undefined) return otherwise;
  if (/^\d{1,10}$/.test(value)) return Number(value);
  console.error(`--${name} is a whole number, not ${JSON.stringify(value)}`);
  process.exit(2);
};

const replay = async (seed: number): Promise<boolean> => {
  const { trace, problems, revisions, lasted } = await simulate(seed, { trace: true });
  for (const line of trace) console.log(line);
  const hash = createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16);
  console.log(
    `seed ${seed}: ${problems.length} problems, ${revisions} revisions, ${Math.round(lasted)} ms simulated, trace ${hash}`,
  );
  return problems.length === 0;
};

const runMany = async (seeds: number, from: number): Promise<boolean> => {
  const began = performance.now();
  const report = await runSeeds(from, seeds);
  for (const { seed, problems } of report.failed)
    console.log(`seed ${seed}: ${problems[0]}\n  replay: npm run simulate -- --seed ${seed}`);
  for (const [what, times] of report.happened) console.log(`${String(times).padStart(8)}  ${what}`);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${report.seeds} seeds, ${report.failed.length} failed, ${report.revisions} revisions, ` +
      `${Math.round(report.simulatedMs / 1000)} s simulated in ${seconds.toFixed(1)} s`,
  );
  return report.failed.length === 0;
};

const holds =
  values.seed === undefined
    ? await runMany(whole('seeds', 10_000), whole('from', 1))
    : await replay(whole('seed', 1));
process.exitCode = holds ? 0 : 1;
