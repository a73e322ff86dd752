import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One process for all time: a pid alone is given again to others. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: clock ticks since the boot (proc(5), stat field 22); elsewhere what `ps -o lstart` prints. */
  readonly start: string;
  readonly boot: string;
}

/** `undefined` when no such process runs; one that has ended and waits for its parent does not. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const start = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return start === undefined ? undefined : { pid, start, boot: bootId() };
};

/** Whether this very process still runs. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const now = identify(identity.pid);
  return now?.start === identity.start && now.boot === identity.boot;
};

export const ownIdentity = (): ProcessIdentity => {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('this process cannot find itself: is /proc mounted?');
  return own;
};

const startOnLinux = (pid: number): string | undefined => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything; state is the first field after it, the start the 20th.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
};

const startByPs = (pid: number): string | undefined => {
  try {
    const listed = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim();
    return listed === '' || listed.startsWith('Z') ? undefined : listed.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
};

let boot: string | undefined;

/** Absolute start times need no boot id. */
const bootId = (): string => {
  boot ??= readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return boot;
};

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
