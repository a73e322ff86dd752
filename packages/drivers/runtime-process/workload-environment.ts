import type { Workload } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { markerVariable } from './process-tree.ts';

export interface Surroundings {
  /** The folder that the program starts in. */
  readonly folder: string;
  readonly home: string;
  readonly tmp: string;
  /** Looked in after the workload's own `PATH`. */
  readonly path: string;
  readonly port?: number;
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reserved = 'CAUSEWAY_SHIM_';

/** Shells keep these to themselves, and some end when they are told otherwise. */
const shellsOwn = new Set(['UID', 'EUID', 'PPID', 'OPTIND', 'BASHOPTS', 'SHELLOPTS', 'BASH_VERSINFO']);

const check = (name: string, value: string): void => {
  if (variableName.test(name) && !name.startsWith(reserved) && !value.includes('\0')) return;
  throw new PlatformError(
    'StartFailed',
    `${JSON.stringify(name)} cannot be given to a program as a variable.`,
    {
      next: `Use letters, digits and _ in its name, not starting with a digit or ${reserved}, and no NUL in its value.`,
    },
  );
};

/**
 * All that a workload finds in its environment: its own variables, the few that every program needs, and nothing of the
 * platform's. Its own win, except for PORT and the marker that names it.
 */
export const workloadEnvironment = (
  workload: Workload,
  surroundings: Surroundings,
): Record<string, string> => {
  const { folder, home, tmp, path, port } = surroundings;
  for (const [name, value] of Object.entries(workload.variables)) check(name, value);
  const own = Object.fromEntries(
    Object.entries(workload.variables)
      .filter(([name]) => !shellsOwn.has(name))
      .map(([name, value]) => [name, value.replaceAll('{source}', folder)]),
  );
  return {
    HOME: home,
    TMPDIR: tmp,
    LANG: 'C.UTF-8',
    ...(port === undefined ? {} : { HOST: '127.0.0.1' }),
    ...own,
    PATH: own.PATH ? `${own.PATH}:${path}` : path,
    ...(port === undefined ? {} : { PORT: String(port) }),
    [markerVariable]: workload.id,
  };
};

/** What execve(2) takes, in bytes: 32 pages for each variable, a quarter of the stack of 8 MiB for all. */
const longestVariable = 128 * 1024;
const mostOfAll = 2 * 1024 * 1024;

const checkSize = (entries: readonly string[]): void => {
  const sizes = entries.map(entry => Buffer.byteLength(entry) + reserved.length * 2);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.every(size => size < longestVariable) && all < mostOfAll) return;
  throw new PlatformError('StartFailed', 'Its variables are larger than the system takes.', {
    next: 'Put large values into files.',
  });
};

/** The variables under the names that the shim takes them by. Throws `StartFailed` when no program could be given so much. */
export const encodeEnvironment = (variables: Readonly<Record<string, string>>): Record<string, string> => {
  const entries = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  checkSize(entries);
  return {
    [`${reserved}COUNT`]: String(entries.length),
    ...Object.fromEntries(entries.map((entry, at) => [`${reserved}${at}`, entry])),
  };
};
