import { join } from 'node:path';

/** Where builds keep things in the DATA folder. */
export interface BuildFolders {
  readonly repositories: string;
  readonly artifacts: string;
  readonly dependencies: string;
  /** Downloads and compiler caches of a team, kept between builds; only its build account may enter. */
  readonly cacheOf: (team: string) => string;
  readonly builds: string;
  readonly logOf: (team: string, build: string) => string;
}

export const buildFolders = (data: string): BuildFolders => ({
  repositories: join(data, 'repositories'),
  artifacts: join(data, 'artifacts'),
  dependencies: join(data, 'dependencies'),
  cacheOf: team => join(data, 'dependencies', 'caches', team),
  builds: join(data, 'builds'),
  logOf: (team, build) => join(data, 'logs', 'builds', team, `${build}.log`),
});
