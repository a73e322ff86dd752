import { ftruncateSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { rotatedPath } from './log-path.ts';

const blockSize = 256 * 1024;
/** So little that it is copied in well under a millisecond, together with the cut. */
const remainder = 64 * 1024;

const afterNextNewline = async (file: FileHandle, from: number): Promise<number> => {
  const block = Buffer.alloc(blockSize);
  const { bytesRead } = await file.read(block, 0, block.length, from);
  const at = block.subarray(0, bytesRead).indexOf(0x0a);
  return at < 0 ? from : from + at + 1;
};

/**
 * Moves what a log holds, at most its last `keepBytes`, to `LOG.1` and empties the log. The programs that write hold the
 * file open and outlive us, so it cannot be renamed; they append (O_APPEND), so their next line lands at the new end.
 * All but a small remainder is copied first; what is written between copying that and the cut, some microseconds, is lost.
 */
export const rotateLog = async (path: string, keepBytes: number): Promise<void> => {
  const log = await open(path, 'r+');
  try {
    const copy = await open(`${rotatedPath(path)}.new`, 'w', 0o600);
    try {
      const { size } = await log.stat();
      let at = size > keepBytes ? await afterNextNewline(log, size - keepBytes) : 0;
      const block = Buffer.alloc(blockSize);
      // A program that writes faster than we copy does not keep us here: the rest is dropped.
      const last = at + 2 * keepBytes;
      for (let left = size - at; left > remainder && at < last; ) {
        const { bytesRead } = await log.read(block, 0, block.length, at);
        await copy.write(block, 0, bytesRead);
        at += bytesRead;
        left = (await log.stat()).size - at;
        if (bytesRead === 0) break;
      }
      await rename(`${rotatedPath(path)}.new`, rotatedPath(path));
      for (let count = 1; count > 0 && at < last; at += count) {
        count = readSync(log.fd, block, 0, block.length, at);
        writeSync(copy.fd, block, 0, count);
      }
      ftruncateSync(log.fd, 0);
    } finally {
      await copy.close();
      await rm(`${rotatedPath(path)}.new`, { force: true });
    }
  } finally {
    await log.close();
  }
};
