import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

/** Who signed in here to which platform, and how kubectl finds this one, are matters of the person and the place. */
const ofThePlatform = (name: string): boolean => name === 'admin.json' || name.endsWith('.token');

const stageFiles = async (from: string, to: string, wanted: (name: string) => boolean): Promise<void> => {
  await mkdir(to, { mode: 0o700 });
  for (const name of (await namesIn(from)).filter(wanted)) await copyFile(join(from, name), join(to, name));
};

/** Keys, credentials and configuration. Where the database is stays out: the next platform has its own. */
export const stageSettings = async (data: string, staging: string): Promise<void> => {
  await stageFiles(join(data, 'keys'), join(staging, 'keys'), name => /\.(crt|key)$/.test(name));
  await stageFiles(join(data, 'credentials'), join(staging, 'credentials'), ofThePlatform);
  const text = await readFile(join(data, 'config.yaml'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return;
  const document = parseDocument(text);
  document.delete('database');
  await writeFile(join(staging, 'config.yaml'), document.toString(), { mode: 0o600 });
};
