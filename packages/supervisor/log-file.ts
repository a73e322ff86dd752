import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const longest = 16 * 1024 * 1024;

export const logFile = (data: string, name: string): string => join(data, 'logs', 'platform', `${name}.log`);

/** Opens a process’s log for appending; one that has grown long is put aside first. Whoever gets the descriptor closes it. */
export const openLog = (data: string, name: string): number => {
  const file = logFile(data, name);
  try {
    if (statSync(file).size > longest) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600);
};

export const closeLog = closeSync;

/** The last lines of a process’s log, as evidence. */
export const lastLines = async (data: string, name: string, count = 15): Promise<string[]> => {
  try {
    const file = await open(logFile(data, name));
    try {
      const { size } = await file.stat();
      const length = Math.min(size, 16_384);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8').split('\n').filter(Boolean).slice(-count);
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
};
