import { run as execute, root } from '../test/e2e/harness.ts';
import { percentile } from './figures.ts';

/** The command’s start-up against bare node, rounds of both in turn. */
export const run = async (): Promise<void> => {
  const ours: number[] = [];
  const bare: number[] = [];
  await execute(`${root}/platform`, ['--version']);
  for (let round = 0; round < 20; round += 1) {
    bare.push((await execute(process.execPath, ['-e', '0'])).took);
    ours.push((await execute(`${root}/platform`, ['--version'])).took);
  }
  console.log(`  node -e 0:        p50 ${percentile(bare, 0.5).toFixed(0)} ms`);
  console.log(
    `  platform --version: p50 ${percentile(ours, 0.5).toFixed(0)} ms, ratio ${(percentile(ours, 0.5) / percentile(bare, 0.5)).toFixed(2)}`,
  );
};
