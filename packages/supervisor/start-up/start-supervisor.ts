import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../daemon/child-environment.ts';
import { spawnProgram } from '../daemon/spawn-program.ts';
import { lockHolder } from '../data/lock.ts';
import { dataPaths } from '../data/paths.ts';
import { identify, isAlive } from '../processes/identity.ts';
import { type InstalledVersion, nodeOf } from '../versions/version.ts';

interface Options {
  readonly data: string;
  readonly port: number;
  readonly version: InstalledVersion;
  readonly databaseUrl?: string;
  readonly env: NodeJS.ProcessEnv;
}

const WITHIN_MS = 30_000;

/**
 * Starts the supervisor; it goes on when this process ends. Resolves when it, or that of another `up`, has the folder:
 * `false` when it ended before.
 */
export const startSupervisor = async ({
  data,
  port,
  version,
  databaseUrl,
  env,
}: Options): Promise<boolean> => {
  const pid = await spawnProgram({
    node: nodeOf(version.folder),
    main: path.join(version.folder, 'packages', 'supervisor', 'daemon', 'main.ts'),
    name: 'supervisor',
    data,
    environment: {
      ...childEnvironment(env, { data, port, version: version.folder }),
      CAUSEWAY_VERSION: version.version,
      ...(databaseUrl === undefined ? {} : { CAUSEWAY_DATABASE_URL: databaseUrl }),
    },
  });
  const started = identify(pid);
  const deadline = performance.now() + WITHIN_MS;
  while ((await lockHolder(dataPaths(data).lock)) === undefined) {
    if (started === undefined || !isAlive(started) || performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
};
