import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Workload } from '@causeway/contracts';
import { logPath } from '../../log-files/log-path.ts';
import { findHierarchy } from '../cgroup-hierarchy.ts';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from '../process-runtime.ts';

/** Restarts that need not be waited for. */
export const quick = {
  timing: { settleMs: 200, healthEveryMs: 200 },
  restarts: { firstDelayMs: 50 },
} satisfies Partial<ProcessRuntimeOptions>;

export interface ProcessPlace {
  readonly data: string;
  readonly limits: true | string;
  open(
    options?: Partial<ProcessRuntimeOptions>,
  ): Promise<{ runtime: ProcessRuntime; close(): Promise<void> }>;
  /** `links`: name → folder of DATA/dependencies. */
  artifact(
    files: Readonly<Record<string, string>>,
    links?: Readonly<Record<string, string>>,
  ): Promise<string>;
  log(workload: Workload): Promise<string>;
  remove(): Promise<void>;
}

/** A DATA folder as it is met in the field: spaces in its path, in a home that nobody else may enter. */
export const processPlace = async (): Promise<ProcessPlace> => {
  const home = await mkdtemp(join(tmpdir(), 'causeway runtime-'));
  const data = join(home, 'my data');
  await mkdir(data, { recursive: true });
  return {
    data,
    limits:
      findHierarchy()?.parents.memory !== undefined || 'needs a cgroup that it may write to (run as root)',

    async open(options = {}) {
      const runtime = await createProcessRuntime({ data, ...quick, ...options });
      return { runtime, close: () => runtime.close() };
    },

    async artifact(files, links = {}) {
      const digest = createHash('sha256')
        .update(JSON.stringify([files, links]))
        .digest('hex');
      const folder = join(data, 'artifacts', digest);
      await mkdir(folder, { recursive: true });
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), content, { mode: 0o644 });
      }
      for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, name));
      await chmod(folder, 0o755);
      return digest;
    },

    log: ({ team, name }) =>
      readFile(logPath(data, { kind: 'replica', namespace: team, name }), 'utf8').catch(() => ''),

    remove: () => rm(home, { recursive: true, force: true }),
  };
};
