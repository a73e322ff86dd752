import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bareServer, type Platform, startPlatform } from '../test/e2e/harness.ts';
import type { BenchOptions } from './bench.ts';
import { percentile } from './figures.ts';

const count = 100;
const service = 'measured';

const file = (index: number, round: number): string => `apiVersion: causeway.dev/v1
kind: EnvironmentRequest
metadata:
  name: planned-${index}
spec:
  purpose: integration-test
  lifetime: ${round + 1}h
  dataClassification: internal
  services:
    - name: ${service}
      replicas: 1
`;

/** Milliseconds of one push of a branch, from the command to its end. */
const pushBranch = async (platform: Platform, clone: string, branch: string): Promise<number> => {
  await platform.git(clone, 'add', '-A');
  await platform.git(clone, 'commit', '-q', '-m', branch);
  const { code, took, stderr } = await platform.git(clone, 'push', 'origin', `HEAD:refs/heads/${branch}`);
  if (code !== 0) throw new Error(stderr);
  const planned = stderr.split('\n').filter(line => line.includes('+ EnvironmentRequest/')).length;
  if (branch.startsWith('planned') && planned < 50) throw new Error(`it was not planned: ${stderr}`);
  return took;
};

/** What validating and planning a hundred files adds to a push, with the policies that are shipped, on a whole platform. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const platform = await startPlatform({}, 'rateCard: {currency: EUR, cpu: 20, memory: 4}\n');
  try {
    const made = await platform.cli('create', 'service', service, '--template', 'empty');
    if (made.code !== 0) throw new Error(made.stderr);
    const clone = await platform.clone(service, bareServer('measured'));
    await platform.push(clone, {});
    await mkdir(join(clone, 'platform'), { recursive: true });
    const rounds = quick ? 5 : 30;
    const [without, withFiles]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      await platform.git(clone, 'checkout', '-q', '-B', 'scratch', 'origin/main');
      for (let index = 0; index < count; index += 1)
        await writeFile(join(clone, `other-${index}.yaml`), file(index, round));
      without.push(await pushBranch(platform, clone, `without-${round}`));
      await platform.git(clone, 'checkout', '-q', '-B', 'scratch', 'origin/main');
      await mkdir(join(clone, 'platform'), { recursive: true });
      for (let index = 0; index < count; index += 1)
        await writeFile(join(clone, 'platform', `${index}.yaml`), file(index, round));
      withFiles.push(await pushBranch(platform, clone, `planned-${round}`));
    }
    const say = (what: string, times: number[]) =>
      console.log(
        `  ${what}: p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms (${times.length} pushes)`,
      );
    say(`a branch with ${count} files outside platform/`, without);
    say(`a branch with ${count} files in platform/, validated and planned`, withFiles);
    console.log(
      `  what the plan adds: ${(percentile(withFiles, 0.5) - percentile(without, 0.5)).toFixed(0)} ms (aim < 1000)`,
    );
  } finally {
    await platform.down();
  }
};
