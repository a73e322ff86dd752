import { open } from 'node:fs/promises';
import { LineSplitter } from './split-lines.ts';
import { tailOffset } from './tail-offset.ts';

const mostBytes = 64 * 1024;

/** The last lines of a file as it is now, none of them from before byte `from`. Empty when there is no file. */
export const lastLines = async (path: string, count: number, from = 0): Promise<string[]> => {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    // A log that is shorter than where the program began has been started anew since.
    const earliest = Math.max(size < from ? 0 : from, size - mostBytes);
    const { offset } = await tailOffset(file, size, count);
    const start = Math.max(offset, earliest);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const splitter = new LineSplitter();
    return [...splitter.push(bytes.subarray(0, bytesRead)), ...splitter.end()].slice(-count);
  } finally {
    await file.close();
  }
};
