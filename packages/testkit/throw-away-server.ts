import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureCluster, MAJOR, startPostgres } from '@causeway/postgres';
import { endPostgresWithThisProcess } from './end-with-this-process.ts';

/**
 * A PostgreSQL that keeps nothing and ends with this process, kill -9 included.
 * @returns its URL, for a superuser.
 */
export const throwAwayServer = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-test-'));
  const cluster = path.join(folder, 'postgres');
  endPostgresWithThisProcess(cluster, folder);
  // The owner of the files matters to PostgreSQL, and fs.cp does not keep it.
  await run('cp', ['-a', await template(), cluster]);
  const server = await startPostgres({ folder: cluster, log: path.join(folder, 'log'), durable: false });
  return server.connectionString;
};

/** A cluster made once for this user and copied from then on. */
const template = async (): Promise<string> => {
  const uid = process.getuid?.() ?? 0;
  const home = path.join(os.tmpdir(), `causeway-test-template-${uid}`);
  await mkdir(home, { mode: 0o700 }).catch(() => undefined);
  const { uid: owner, mode } = await stat(home);
  if (owner !== uid || (mode & 0o022) !== 0) throw new Error(`${home} belongs to somebody else: remove it.`);
  const made = path.join(home, `postgres-${MAJOR}`);
  if (await stat(made).catch(() => undefined)) return made;
  const unfinished = await mkdtemp(path.join(home, 'unfinished-'));
  await ensureCluster({ folder: unfinished, durable: false });
  // Another process may have been faster: then a folder with content lies there, and its template is as good.
  await rename(unfinished, made).catch(() => rm(unfinished, { recursive: true, force: true }));
  return made;
};

const run = (command: string, parameters: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
