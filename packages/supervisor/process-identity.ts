import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which process: a pid alone may have been given to another since. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the kernel’s words. */
  readonly started: string;
  /** Which boot of the machine; '' where the machine does not say. */
  readonly boot: string;
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const bootId = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

/** When a process began: field 22 of /proc/PID/stat (proc(5)), elsewhere what ps says. `undefined` when it is gone or ended. */
const startOf = (pid: number): string | undefined => {
  if (process.platform === 'linux') {
    const stat = read(`/proc/${pid}/stat`);
    // The name in parentheses may hold anything; the fields after the last one are plain.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields && fields[0] !== 'Z' && fields[0] !== 'X' ? fields[19] : undefined;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
};

export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started, boot: bootId() };
};

export const isAlive = ({ pid, started, boot }: ProcessIdentity): boolean =>
  startOf(pid) === started && bootId() === boot;

/** Signals that very process; `false` when it is gone. */
export const signalProcess = (identity: ProcessIdentity, signal: NodeJS.Signals): boolean => {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** Asks to end, waits, then forces. Resolves when it is gone. */
export const endProcess = async (identity: ProcessIdentity, patienceMs: number): Promise<void> => {
  if (!signalProcess(identity, 'SIGTERM')) return;
  const forceAt = performance.now() + patienceMs;
  for (let forced = false; isAlive(identity); ) {
    if (!forced && performance.now() > forceAt) forced = signalProcess(identity, 'SIGKILL');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};
