import { rename, writeFile } from 'node:fs/promises';

let count = 0;

/** Replaces a file in one step, mode 0600: a reader sees the old content or the new. */
export const writeAtomically = async (file: string, content: string, flush = false): Promise<void> => {
  count += 1;
  const unfinished = `${file}.${process.pid}.${count}`;
  await writeFile(unfinished, content, { mode: 0o600, flush });
  await rename(unfinished, file);
};
