import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareServer, run as execute, get, startPlatform } from '../test/e2e/harness.ts';
import { percentile, spreadOf } from './figures.ts';

const rounds = 20;

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** The least it could take: a push to a bare repository by path, one start of the same process, one probe. */
const floorOnce = async (clone: string, server: string): Promise<number> => {
  const started = performance.now();
  await execute('git', ['push', '-q', 'origin', 'main'], { cwd: clone });
  const port = await freePort();
  const child = spawn(process.execPath, [server], { env: { PORT: String(port) }, stdio: 'ignore' });
  for (;;) {
    const answer = await get(port, '127.0.0.1').catch(() => undefined);
    if (answer) break;
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  const took = performance.now() - started;
  child.kill('SIGKILL');
  return took;
};

/** Push → serving of a code-only change, against the floor of the same run, rounds of both in turn. */
export const run = async (): Promise<void> => {
  const floorFolder = await mkdtemp(join(tmpdir(), 'causeway-floor-'));
  const platform = await startPlatform();
  try {
    await execute('git', ['init', '-q', '--bare', join(floorFolder, 'bare.git')]);
    const floorClone = join(floorFolder, 'clone');
    await mkdir(floorClone);
    const floorGit = (...args: string[]) =>
      execute('git', args, { cwd: floorClone, env: { ...platform.env } });
    await floorGit('init', '-q');
    await floorGit('remote', 'add', 'origin', join(floorFolder, 'bare.git'));

    await platform.cli('create', 'service', '--name', 'measured', '--template', 'empty');
    const clone = await platform.clone('measured', {});
    await platform.push(clone, bareServer('0'));

    let stop = false;
    let visits = 0;
    let failed = 0;
    const visiting = (async () => {
      while (!stop) {
        const answer = await platform.visit('measured.localhost').catch(() => undefined);
        visits += 1;
        if (answer?.status !== 200) failed += 1;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
    })();

    const floors: number[] = [];
    const serving: number[] = [];
    const pushes: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const files = bareServer(String(round));
      await writeFile(join(floorClone, 'server.js'), files['server.js'] ?? '');
      await floorGit('add', '-A');
      await floorGit('commit', '-q', '-m', 'x');
      floors.push(await floorOnce(floorClone, join(floorClone, 'server.js')));

      await writeFile(join(clone, 'server.js'), files['server.js'] ?? '');
      await platform.git(clone, 'commit', '-qam', 'x');
      const started = performance.now();
      const pushing = platform.git(clone, 'push', '-q', 'origin', 'main').then(ended => ended.took);
      for (;;) {
        const answer = await platform.visit('measured.localhost');
        if (answer.body === String(round)) break;
        await new Promise(resolve => setTimeout(resolve, 2));
      }
      serving.push(performance.now() - started);
      pushes.push(await pushing);
    }
    stop = true;
    await visiting;
    console.log(`  floor (push to a bare repository + start + probe): ${spreadOf(floors)}`);
    console.log(`  push → the new version answers:                    ${spreadOf(serving)}`);
    console.log(`  push → the push command ends:                      ${spreadOf(pushes)}`);
    console.log(
      `  ratio of medians: ${(percentile(serving, 0.5) / percentile(floors, 0.5)).toFixed(2)} (aim ≤ 3)`,
    );
    console.log(`  requests during the changes: ${visits}, failed: ${failed} (aim 0)`);
  } finally {
    await platform.down();
    await rm(floorFolder, { recursive: true, force: true });
  }
};
