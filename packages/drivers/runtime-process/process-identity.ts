import { readFileSync } from 'node:fs';
import { bootId, parseStat, statOf } from './proc.ts';

/** One process for all time: a pid alone is given again to others. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
  readonly boot: string;
}

/** `undefined` when no such process is there. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const stat = statOf(pid);
  return stat && { pid, startTime: stat.startTime, boot: bootId() };
};

/** Whether this very process still runs. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const stat = statOf(identity.pid);
  return (
    stat !== undefined &&
    stat.state !== 'Z' &&
    stat.startTime === identity.startTime &&
    identity.boot === bootId()
  );
};

/** What the shim wrote of itself: its stat line and the boot id. `undefined` when it never came that far. */
export const readIdentity = (file: string): ProcessIdentity | undefined => {
  try {
    const [line = '', boot = ''] = readFileSync(file, 'utf8').split('\n');
    const stat = parseStat(line);
    return stat && boot !== '' ? { pid: stat.pid, startTime: stat.startTime, boot } : undefined;
  } catch {
    return undefined;
  }
};
