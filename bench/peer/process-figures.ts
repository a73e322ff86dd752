import { readdir, readFile } from 'node:fs/promises';
import { memoryOf } from '../figures.ts';
import type { PeerServer } from './peer-server.ts';

/** The kernel's clock ticks, in which /proc counts: 100 a second wherever Linux runs. */
const ticksPerSecond = 100;

/** What stands after the name of a process in /proc/PID/stat, which may hold spaces (proc(5)): field 3 is the first. */
const statOf = async (pid: number): Promise<readonly string[]> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

export const childrenOf = async (parent: number): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(async pid => Number((await statOf(pid))[1])));
  return pids.filter((_, index) => parents[index] === parent);
};

/** Seconds of processor time that a process has had. */
export const secondsOf = async (pid: number): Promise<number> => {
  const stat = await statOf(pid);
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / ticksPerSecond;
};

/** Seconds of processor time that each program has had. */
export const processorSeconds = async (server: PeerServer): Promise<ReadonlyMap<string, number>> => {
  const programs = [...(await server.processes())].map(async ([name, pids]) => {
    const seconds = await Promise.all(pids.map(secondsOf));
    return [name, seconds.reduce((sum, one) => sum + one, 0)] as const;
  });
  return new Map(await Promise.all(programs));
};

/** MiB that each program holds. */
export const memory = async (server: PeerServer): Promise<ReadonlyMap<string, number>> => {
  const programs = [...(await server.processes())].map(async ([name, pids]) => {
    const all = await Promise.all(pids.map(memoryOf));
    return [name, all.reduce((sum, one) => sum + one, 0)] as const;
  });
  return new Map(await Promise.all(programs));
};
