import { setTimeout as sleep } from 'node:timers/promises';
import { allPids, environmentOf, isWithin } from '@causeway/drivers';
import { markerVariable } from './build-variables.ts';

const prefix = `${markerVariable}=`;

/** Processes of builds that work in the folder, or in one below it. */
export const processesOf = (folder: string): number[] =>
  allPids().filter(pid => {
    const marker = environmentOf(pid).find(variable => variable.startsWith(prefix));
    return marker !== undefined && isWithin(marker.slice(prefix.length), folder);
  });

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Ends them all; resolves when none is left. Whoever forks faster than it is killed is tried some hundred times. */
export const endProcessesOf = async (folder: string): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt++) {
    const found = processesOf(folder);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await sleep(10);
  }
};
