import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of a process in `/proc/PID/stat` (proc(5)), as far as it matters here. */
export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot when it started; with the pid it names a process within one boot. */
  readonly startTime: number;
}

/** The name, in parentheses, may hold anything, so fields are counted from its last `)`. */
export const parseStat = (line: string): ProcessStat | undefined => {
  const pid = Number.parseInt(line, 10);
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group, session] = fields;
  const startTime = Number(fields[19]);
  if (!Number.isInteger(pid) || !Number.isInteger(startTime)) return undefined;
  return { pid, state, parent: Number(parent), group: Number(group), session: Number(session), startTime };
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** `undefined` when there is no such process. A process that has ended and was not waited for has state `Z`. */
export const statOf = (pid: number): ProcessStat | undefined => {
  const line = read(`/proc/${pid}/stat`);
  return line === undefined ? undefined : parseStat(line);
};

export const allPids = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0);

/** The variables a process was started with; empty when it is not ours to read. */
export const environmentOf = (pid: number): readonly string[] =>
  read(`/proc/${pid}/environ`)?.split('\0') ?? [];

/** `undefined` where the kernel keeps no such list (CONFIG_PROC_CHILDREN), or there is no such process. */
export const childrenOf = (pid: number): readonly number[] | undefined =>
  read(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean).map(Number);

let boot: string | undefined;

/** Differs after every start of the machine. */
export const bootId = (): string => {
  boot ??= (read('/proc/sys/kernel/random/boot_id') ?? '').trim();
  return boot;
};
