import { mkdir, mkdtemp, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openSnapshot } from '@causeway/engine';
import { PlatformError } from '@causeway/model';
import { dataPaths, deleteFolder, findDataFolder } from '@causeway/supervisor';
import { describeFolder } from '../archive/describe-folder.ts';
import { archiveFormat, type Manifest } from '../archive/manifest.ts';
import { writeArchive } from '../archive/write-archive.ts';
import { openPlatformDatabase } from '../platform-database.ts';
import { linkTree } from './link-tree.ts';
import { missingRepositories } from './missing-repositories.ts';
import { stageDatabase } from './stage-database.ts';
import { stageRepositories } from './stage-repositories.ts';
import { stageSettings } from './stage-settings.ts';

export interface ExportOptions {
  /** The platform’s folder. It may run meanwhile. */
  readonly data: string;
  readonly file: string;
  /** Also what builds made, so that old releases start without a new build. */
  readonly withArtifacts?: boolean;
  /** The version of Causeway that writes it. */
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export interface Exported {
  readonly file: string;
  readonly bytes: number;
  readonly revision: number;
  readonly members: number;
  readonly repositories: number;
}

/** A service deleted while its repository is copied: then rows and repositories are taken again. */
const attempts = 5;

const built = ['artifacts', 'dependencies'] as const;

const stageBuilt = async (data: string, staging: string): Promise<void> => {
  for (const name of built)
    if (await stat(join(data, name)).catch(() => undefined))
      // What begins with a dot is not finished, or being thrown away.
      await linkTree(join(data, name), join(staging, name), entry => !/^\.old-|\.new$/.test(entry));
  if (process.getuid?.() !== 0) return;
  const uids = join(data, 'workloads', 'uids.json');
  if (!(await stat(uids).catch(() => undefined))) return;
  await mkdir(join(staging, 'workloads'), { mode: 0o711 });
  await linkTree(join(data, 'workloads'), join(staging, 'workloads'), name => name === 'uids.json');
};

/** Rows first, then repositories: these hold at least what the rows name. */
const stage = async (
  connectionString: string,
  data: string,
  { withArtifacts = false, signal }: ExportOptions,
  progress: (line: string) => void,
): Promise<{ staging: string; database: Manifest['database']; repositories: number }> => {
  const { run } = dataPaths(data);
  await mkdir(run, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt++) {
    const staging = await mkdtemp(join(run, 'export-'));
    try {
      const snapshot = await openSnapshot(connectionString);
      const { head, schema, server } = snapshot;
      await stageDatabase(snapshot, staging, signal).finally(() => snapshot.close());
      progress(`Resources, audit and ledger at revision ${head.revision}`);
      const repositories = await stageRepositories(
        join(data, 'repositories'),
        join(staging, 'repositories'),
        signal,
      );
      const missing = await missingRepositories(staging);
      if (missing.length > 0 && attempt < attempts) {
        await deleteFolder(staging);
        continue;
      }
      if (missing.length > 0)
        throw new PlatformError('DataUnusable', 'Repositories of services are missing.', {
          evidence: missing.slice(0, 10),
          next: 'Run `platform admin verify`; delete the services whose repositories are lost, or put the repositories back.',
        });
      progress(`${repositories} repositories`);
      await stageSettings(data, staging);
      progress('Keys, credentials and configuration');
      if (withArtifacts) {
        await stageBuilt(data, staging);
        progress('What builds made');
      }
      return { staging, database: { schema, server, head }, repositories };
    } catch (error) {
      await deleteFolder(staging);
      throw error;
    }
  }
};

/** Writes everything of a platform that cannot be made again into one file, as of one revision, while it runs. */
export const exportPlatform = async (
  options: ExportOptions,
  progress: (line: string) => void = () => {},
): Promise<Exported> => {
  const { version, env, signal, withArtifacts = false } = options;
  const file = resolve(options.file);
  const data = await findDataFolder(options.data);
  if (data === undefined)
    throw new PlatformError('NotRunning', `There is no platform in ${options.data}.`, {
      next: 'Name its folder with --data DIR.',
    });
  if (await stat(file).catch(() => undefined))
    throw new PlatformError('AlreadyExists', `${file} is there already.`, {
      next: 'Choose another name, or remove it first.',
    });
  const database = await openPlatformDatabase(data, env, signal ? { signal } : {});
  if (database === undefined)
    throw new PlatformError('NotRunning', `The platform in ${data} was never started: it has no database.`);
  try {
    const staged = await stage(database.connectionString, data, options, progress);
    try {
      const members = await describeFolder(staged.staging, signal);
      const manifest: Manifest = {
        causeway: 'export',
        format: archiveFormat,
        version,
        createdAt: new Date().toISOString(),
        database: staged.database,
        artifacts: withArtifacts,
        data,
        members,
      };
      const bytes = await writeArchive(file, staged.staging, manifest, signal);
      const { repositories } = staged;
      const { revision } = staged.database.head;
      return { file, bytes, revision, members: members.length, repositories };
    } finally {
      await deleteFolder(staged.staging);
    }
  } finally {
    await database.close();
  }
};
