import { copyFile, open, readdir, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { dataPaths } from './paths.ts';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

/** The last lines of a file from an offset on; none when there is no file. */
export const lastLines = async (file: string, count: number, from = 0): Promise<string[]> => {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - start)), {
      position: start,
    });
    return buffer
      .toString('utf8', 0, bytesRead)
      .trimEnd()
      .split('\n')
      .slice(-count)
      .filter(line => line !== '');
  } finally {
    await handle.close();
  }
};

export const sizeOf = async (file: string): Promise<number> =>
  (await stat(file).catch(() => undefined))?.size ?? 0;

/**
 * Keeps one older part of each log. A log is emptied in place, since who writes it goes on writing (to its end: all
 * are opened to append); what is written between copy and emptying is lost.
 */
export const rotateLogs = async (data: string, limit = ROTATE_AT_BYTES): Promise<void> => {
  const { logs } = dataPaths(data);
  for (const name of await readdir(logs)) {
    const file = path.join(logs, name);
    if (!name.endsWith('.log') || (await sizeOf(file)) < limit) continue;
    await copyFile(file, `${file}.1`);
    await truncate(file);
  }
};
