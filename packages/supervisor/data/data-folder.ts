import { mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { PlatformError } from '@causeway/model';
import { dataPaths } from './paths.ts';
import { writeAtomically } from './write-atomically.ts';

/** Counts up when an older Causeway could no longer read DATA. */
const FORMAT = 1;

/** Lies in DATA while an import fills it, and afterwards when that was interrupted. */
export const importMark = 'importing';

/** Counts up when the files of DATA get another form. */
export const dataFormat = FORMAT;

/** What may lie in a folder before its first `up`: what people prepare, and what a disk of its own brings. */
const mayBeThere = new Set(['config.yaml', 'keys', 'credentials', 'lost+found']);

/** Makes DATA, or checks that it is one that this version understands. Returns its path without links. */
export const prepareDataFolder = async (folder: string): Promise<string> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const data = await realpath(folder);
    const names = await readdir(data);
    if (names.includes(importMark)) {
      throw new PlatformError('DataUnusable', `An import into ${data} is under way, or was interrupted.`, {
        next: 'Repeat `platform import FILE` with this folder: it begins again. Or delete the folder.',
      });
    }
    if (names.includes('format')) await checkFormat(data);
    else await claim(data, names);
    const { run, logs, credentials, versions } = dataPaths(data);
    for (const needed of [run, credentials]) await mkdir(needed, { recursive: true, mode: 0o700 });
    for (const needed of [logs, versions]) await mkdir(needed, { recursive: true });
    return data;
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PlatformError('DataUnusable', `${folder} cannot be used (${code}).`, {
      evidence: [message],
      cause: error,
    });
  }
};

/** DATA without links, if somebody ran `up` with it; any format. */
export const findDataFolder = async (folder: string): Promise<string | undefined> => {
  const data = await realpath(folder).catch(() => undefined);
  if (data === undefined) return undefined;
  const names = await readdir(data).catch((): string[] => []);
  return names.includes('format') ? data : undefined;
};

const claim = async (data: string, names: readonly string[]): Promise<void> => {
  const strange = names.filter(name => !mayBeThere.has(name));
  if (strange.length > 0) {
    throw new PlatformError('DataUnusable', `${data} is not the folder of a platform, and it is not empty.`, {
      evidence: strange.slice(0, 10),
      next: 'Choose an empty or a new folder with --data.',
    });
  }
  await writeAtomically(dataPaths(data).format, `${FORMAT}\n`, true);
};

const checkFormat = async (data: string): Promise<void> => {
  const { format } = dataPaths(data);
  const text = (await readFile(format, 'utf8')).trim();
  const found = Number(text);
  if (!Number.isInteger(found) || found < 1) {
    throw new PlatformError('DataUnusable', `${format} does not hold a format number.`, {
      evidence: [text.slice(0, 80)],
    });
  }
  if (found > FORMAT) {
    throw new PlatformError('DataTooNew', `${data} was written by a newer version of Causeway.`, {
      evidence: [`its format is ${found}; this version reads up to ${FORMAT}`],
    });
  }
};
