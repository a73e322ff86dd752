import type { FileHandle } from 'node:fs/promises';

const blockSize = 64 * 1024;
const newline = 0x0a;

export interface TailOffset {
  /** Where the last lines begin. */
  readonly offset: number;
  /** How many lines lie behind it; fewer than asked when the file has no more. */
  readonly lines: number;
}

/** Finds the last `count` lines before `end`, reading backwards. A last line without its end counts. */
export const tailOffset = async (file: FileHandle, end: number, count: number): Promise<TailOffset> => {
  if (count <= 0 || end === 0) return { offset: end, lines: 0 };
  const block = Buffer.alloc(Math.min(blockSize, end));
  let lines = 0;
  // The newline at the very end ends the last line; it begins none.
  let behind = end - 1;
  for (let start = end; start > 0; ) {
    const length = Math.min(block.length, start);
    start -= length;
    const { bytesRead } = await file.read(block, 0, length, start);
    for (let at = Math.min(bytesRead, behind - start) - 1; at >= 0; at--) {
      if (block[at] !== newline) continue;
      lines++;
      if (lines === count) return { offset: start + at + 1, lines };
    }
    behind = start;
  }
  return { offset: 0, lines: lines + 1 };
};
