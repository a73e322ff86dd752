import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { dataPaths } from '../data/paths.ts';
import { runningPrograms } from '../processes/running-programs.ts';
import { linkFile, linkPackages, runtimePackages } from './link-packages.ts';
import { readSourceFiles, type SourceFile } from './source-files.ts';

export interface InstalledVersion {
  /** Its content address: the same code has the same. */
  readonly version: string;
  readonly folder: string;
  /** Whether it was copied now. */
  readonly installed: boolean;
}

/**
 * Puts the checkout's code into DATA/versions/HASH, unless it is there: what runs never changes under it. Interrupted
 * at any point nothing half is taken for a version.
 */
export const installVersion = async (checkout: string, data: string): Promise<InstalledVersion> => {
  const { versions } = dataPaths(data);
  const files = await readSourceFiles(checkout);
  const version = addressOf(checkout, files);
  const folder = path.join(versions, version);
  if (existsSync(folder)) return { version, folder, installed: false };
  const unfinished = path.join(versions, `.unfinished-${process.pid}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await copy(files, unfinished);
  linkPackages(checkout, unfinished);
  await linkNode(checkout, unfinished);
  // Else a crash of the machine could leave empty files under a name that says they are whole.
  await promisify(execFile)('sync', ['-f', unfinished], { timeout: 60_000 }).catch(() => undefined);
  await rename(unfinished, folder).catch(async error => {
    await rm(unfinished, { recursive: true, force: true });
    // Another `up` was faster.
    if (!existsSync(folder)) throw error;
  });
  return { version, folder, installed: true };
};

/** The Node.js that runs a version: its own, when the checkout brought one. */
export const nodeOf = (folder: string): string => {
  const own = path.join(folder, 'bin', 'node');
  return existsSync(own) ? own : process.execPath;
};

/** Makes DATA/versions/current lead to this version. */
export const setCurrent = async (data: string, version: string): Promise<void> => {
  const { current } = dataPaths(data);
  const unfinished = `${current}.${process.pid}`;
  await rm(unfinished, { force: true });
  await symlink(version, unfinished);
  await rename(unfinished, current);
};

/** Removes what no process runs from. */
export const removeUnusedVersions = async (data: string, keep: string): Promise<void> => {
  const { versions } = dataPaths(data);
  for (const name of await readdir(versions)) {
    if (name === keep || name === 'current') continue;
    const [, installer] = /^\.unfinished-(\d+)$/.exec(name) ?? [];
    if (installer !== undefined && existsSync(`/proc/${installer}`)) continue;
    const folder = path.join(versions, name);
    if (runningPrograms(`${folder}/`).length === 0) await rm(folder, { recursive: true, force: true });
  }
};

const addressOf = (checkout: string, files: readonly SourceFile[]): string => {
  const hash = createHash('sha256').update(`node ${process.version}\n`);
  hash.update(JSON.stringify(runtimePackages(checkout)));
  for (const { path: name, content, executable } of files) {
    hash.update(`\n${name} ${executable} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
};

const copy = async (files: readonly SourceFile[], folder: string): Promise<void> => {
  const folders = new Set(files.map(file => path.dirname(path.join(folder, file.path))));
  for (const needed of folders) await mkdir(needed, { recursive: true });
  for (const { path: name, content, executable } of files) {
    await writeFile(path.join(folder, name), content, { mode: executable ? 0o755 : 0o644 });
  }
};

const linkNode = async (checkout: string, folder: string): Promise<void> => {
  if (!process.execPath.startsWith(`${checkout}/`)) return;
  await mkdir(path.join(folder, 'bin'));
  linkFile(process.execPath, path.join(folder, 'bin', 'node'));
};
