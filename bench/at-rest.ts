import { readdir, readFile } from 'node:fs/promises';
import { bareServer, startPlatform } from '../test/e2e/harness.ts';
import { memoryOf } from './figures.ts';

const childrenOf = async (parents: ReadonlySet<number>): Promise<number[]> => {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parents.has(parent)) found.push(Number(name));
  }
  return found;
};

/** Memory of the platform’s own processes, ten seconds after one small service was released. */
export const run = async (): Promise<void> => {
  const platform = await startPlatform();
  try {
    await platform.cli('create', 'service', '--name', 'small', '--template', 'empty');
    await platform.push(await platform.clone('small', {}), bareServer('x'));
    await new Promise(resolve => setTimeout(resolve, 10_000));
    const { processes } = JSON.parse((await platform.cli('status', '-o', 'json')).stdout) as {
      processes: { name: string; pid: number }[];
    };
    const supervisor = JSON.parse((await platform.cli('status', '-o', 'json')).stdout).supervisor as
      | { pid: number }
      | undefined;
    const all = [...processes, ...(supervisor ? [{ name: 'supervisor', pid: supervisor.pid }] : [])];
    let total = 0;
    for (const { name, pid } of all) {
      const family = name === 'postgres' ? [pid, ...(await childrenOf(new Set([pid])))] : [pid];
      const memory = (await Promise.all(family.map(memoryOf))).reduce((sum, one) => sum + one, 0);
      total += memory;
      console.log(`  ${name.padEnd(11)} ${memory.toFixed(0).padStart(4)} MiB`);
    }
    console.log(`  together    ${total.toFixed(0).padStart(4)} MiB, proportional share (aim ≤ 400)`);
  } finally {
    await platform.down();
  }
};
