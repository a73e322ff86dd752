import { streamGit } from '../program/stream-git.ts';
import { findRenames } from './compare-commits.ts';

/** A unified diff; after so many bytes it ends in a line that says so. */
export async function* diffText(
  repository: string,
  from: string,
  to: string,
  bytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const arguments_ = ['diff-tree', '-r', '-p', '--no-ext-diff', '--no-textconv', ...findRenames, from, to];
  let left = bytes;
  for await (const piece of streamGit(arguments_, repository, signal)) {
    if (piece.length > left) {
      yield piece.subarray(0, left);
      yield Buffer.from(`\n\\ The diff goes on: only its first ${bytes} bytes are shown.\n`);
      return;
    }
    left -= piece.length;
    yield piece;
  }
}
