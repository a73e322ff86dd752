import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runSeeds } from './run-seeds.ts';
import { type WorldName, worlds } from './worlds.ts';

// test/simulation/simulate.ts --seed N: one world, with all that happened in it.
// test/simulation/simulate.ts --seeds COUNT [--from N]: many worlds; says which failed.
// --world engine|environments: what runs in them; the engine by itself when not said.

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'engine' },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
  },
});

const isWorld = (name: string): name is WorldName => Object.hasOwn(worlds, name);
const { world } = values;
if (!isWorld(world)) {
  console.error(`--world is one of ${Object.keys(worlds).join(', ')}, not ${JSON.stringify(world)}`);
  process.exit(2);
}
const inWorld = world === 'engine' ? '' : ` --world ${world}`;

const whole = (name: 'seed' | 'seeds' | 'from', otherwise: number): number => {
  const value = values[name];
  if (value === undefined) return otherwise;
  if (/^\d{1,10}$/.test(value)) return Number(value);
  console.error(`--${name} is a whole number, not ${JSON.stringify(value)}`);
  process.exit(2);
};

const replay = async (seed: number): Promise<boolean> => {
  const { trace, problems, revisions, lasted } = await worlds[world].simulate(seed, { trace: true });
  for (const line of trace) console.log(line);
  const hash = createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16);
  console.log(
    `seed ${seed}: ${problems.length} problems, ${revisions} revisions, ${Math.round(lasted)} ms simulated, trace ${hash}`,
  );
  return problems.length === 0;
};

const runMany = async (seeds: number, from: number): Promise<boolean> => {
  const began = performance.now();
  const report = await runSeeds(from, seeds, { world });
  for (const { seed, problems } of report.failed)
    console.log(`seed ${seed}: ${problems[0]}\n  replay: npm run simulate --${inWorld} --seed ${seed}`);
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
