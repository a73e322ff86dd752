import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { restoreDatabase } from '@causeway/engine';
import { PlatformError } from '@causeway/model';
import { deleteFolder, importMark } from '@causeway/supervisor';
import { archiveFormat, type Manifest } from '../archive/manifest.ts';
import { linesOf, unpackArchive } from '../archive/read-archive.ts';
import { tableMember } from '../export/stage-database.ts';
import { openPlatformDatabase } from '../platform-database.ts';
import { placeFiles, writeFormat } from './place-files.ts';
import { claimTarget, undoImport, unpackedFolder } from './target-folder.ts';

const run = promisify(execFile);

export interface ImportOptions {
  /** The new platform’s folder: it does not exist, is empty, or holds only a config.yaml. */
  readonly data: string;
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export interface Imported {
  readonly data: string;
  readonly revision: number;
  readonly members: number;
  /** Whether the releases that served can start without a new build. */
  readonly artifacts: boolean;
  /** Whether the archive’s configuration is used; `false` when one was there, or the archive has none. */
  readonly configuration: boolean;
  readonly database: 'embedded' | 'external';
  readonly exportedAt: string;
}

const accept = ({ format }: Manifest): void => {
  if (format !== archiveFormat)
    throw new PlatformError('Invalid', `archives of format ${format} are not read any more`);
};

const restore = async (
  data: string,
  unpacked: string,
  { database: { schema, head } }: Manifest,
  { env, signal }: ImportOptions,
): Promise<'embedded' | 'external'> => {
  const database = await openPlatformDatabase(data, env, { make: true, ...(signal ? { signal } : {}) });
  if (database === undefined) throw new PlatformError('Internal', 'there is no database to import into');
  try {
    await restoreDatabase({
      connectionString: database.connectionString,
      schema,
      head,
      rows: table => linesOf(createReadStream(join(unpacked, tableMember(table)))),
    });
    return database.embedded ? 'embedded' : 'external';
  } finally {
    await database.close();
  }
};

/**
 * Makes a platform of an archive, in a folder and a database that hold none. Nothing takes its place before every member is
 * what the manifest says. What fails is undone; after kill -9 the same command begins again, and `up` refuses the folder until then.
 */
export const importPlatform = async (
  options: ImportOptions,
  progress: (line: string) => void = () => {},
): Promise<Imported> => {
  const { signal } = options;
  const file = resolve(options.file);
  if (!(await stat(file).catch(() => undefined)))
    throw new PlatformError('NotFound', `There is no file ${file}.`, { next: 'Check its name.' });
  const data = await claimTarget(resolve(options.data));
  const prepared = (await stat(join(data, 'config.yaml')).catch(() => undefined)) !== undefined;
  const unpacked = unpackedFolder(data);
  try {
    await mkdir(unpacked, { mode: 0o700 });
    const manifest = await unpackArchive(file, unpacked, accept, signal);
    progress(`${manifest.members.length} members are as the manifest says`);
    const database = await restore(data, unpacked, manifest, options);
    progress(`Resources, audit and ledger at revision ${manifest.database.head.revision}`);
    signal?.throwIfAborted();
    const configuration = await placeFiles(unpacked, data, manifest.data);
    await deleteFolder(unpacked);
    // Thousands of files: one wait for the disk instead of one each.
    await run('sync');
    await writeFormat(data);
    await rm(join(data, importMark));
    progress('Repositories, keys and credentials');
    return {
      data,
      revision: manifest.database.head.revision,
      members: manifest.members.length,
      artifacts: manifest.artifacts,
      configuration,
      database,
      exportedAt: manifest.createdAt,
    };
  } catch (error) {
    await undoImport(data, prepared);
    throw error;
  }
};
