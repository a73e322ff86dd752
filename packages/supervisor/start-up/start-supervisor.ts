import path from 'node:path';
import { childEnvironment } from '../daemon/child-environment.ts';
import { spawnProgram } from '../daemon/spawn-program.ts';
import { type InstalledVersion, nodeOf } from '../versions/version.ts';

interface Options {
  readonly data: string;
  readonly port: number;
  readonly version: InstalledVersion;
  readonly databaseUrl?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts the supervisor; it goes on when this process ends. */
export const startSupervisor = ({ data, port, version, databaseUrl, env }: Options): Promise<number> =>
  spawnProgram({
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
