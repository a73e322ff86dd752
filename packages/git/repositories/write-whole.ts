import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** Replaces a file at once: a reader sees the old or the new content, never a part. */
export const writeWhole = async (path: string, content: string): Promise<void> => {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
};
