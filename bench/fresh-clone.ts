import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as execute, root } from '../test/e2e/harness.ts';

/** `platform up --detach` as the first command in a fresh clone, with npm’s cache as it is; then once more. */
export const run = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-clone-'));
  const clone = join(folder, 'clone');
  const env = { CAUSEWAY_HOME: join(folder, 'data'), GIT_CONFIG_GLOBAL: join(folder, 'gitconfig') };
  const port = String(20_000 + Math.floor(Math.random() * 9000));
  try {
    await execute('git', ['clone', '-q', root, clone]);
    const up = () =>
      execute(join(clone, 'platform'), ['up', '--detach', '--port', port], { env, timeoutMs: 300_000 });
    const first = await up();
    if (first.code !== 0) throw new Error(first.stderr);
    console.log(`  first up in a fresh clone: ${(first.took / 1000).toFixed(1)} s`);
    await execute(join(clone, 'platform'), ['down'], { env });
    console.log(`  up again:                  ${((await up()).took / 1000).toFixed(1)} s`);
  } finally {
    await execute(join(clone, 'platform'), ['down', '--purge', '--yes'], { env });
    await rm(folder, { recursive: true, force: true });
  }
};
