import { randomBytes } from 'node:crypto';
import { lchown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Account, findAccounts } from './account.ts';
import { initdb } from './initdb.ts';
import { findInstallation, MAJOR } from './installation.ts';
import { environmentFor, linkLibraries } from './libraries.ts';
import { PostgresError } from './postgres-error.ts';

/** The superuser and the database of every cluster. */
const USER = 'causeway';
const DATABASE = 'postgres';

const UNFINISHED = `${MAJOR}.unfinished-`;

/** Where the parts of a cluster lie in its folder. */
export const clusterPaths = (folder: string) => ({
  /** PostgreSQL's own folder; another major version gets its own, so that both can exist during an upgrade. */
  data: path.join(path.resolve(folder), String(MAJOR)),
  password: path.join(path.resolve(folder), 'password'),
  libraries: path.join(path.resolve(folder), 'libraries'),
});

export interface ClusterOptions {
  /** Everything of the cluster lies here. Made when it does not exist, mode 0700. */
  readonly folder: string;
  /** `false` skips waiting for the disk: for throw-away clusters only. Default true. */
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Makes the cluster unless it exists; takes seconds. Interrupted at any point it begins again the next time. One process at a time.
 * @returns whether it was made now.
 */
export const ensureCluster = async ({ folder, durable = true, signal }: ClusterOptions): Promise<boolean> => {
  const paths = clusterPaths(folder);
  if (await hasCluster(folder)) return false;
  const installation = await findInstallation();
  const accounts = await findAccounts();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeUnfinished(folder);
  await linkLibraries(installation, paths.libraries);
  await writeFile(paths.password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  // A new name each time: after kill -9 of this process its initdb goes on for a moment.
  const unfinished = await mkdtemp(path.join(path.resolve(folder), UNFINISHED));
  await lchown(unfinished, accounts.initdb.uid, accounts.initdb.gid);
  await initdb({
    program: installation.initdb,
    account: accounts.initdb,
    environment: environmentFor(paths.libraries),
    data: unfinished,
    user: USER,
    passwordFile: paths.password,
    durable,
    signal: AbortSignal.any([AbortSignal.timeout(120_000), ...(signal ? [signal] : [])]),
  });
  await giveTo(unfinished, accounts.server);
  await rename(unfinished, paths.data);
  if (durable) await syncFolder(path.resolve(folder));
  return true;
};

/** Whether the folder holds a cluster of this version. Another version is an error: its data would be missed. */
const hasCluster = async (folder: string): Promise<boolean> => {
  const names = await namesIn(folder);
  if (names.includes(String(MAJOR))) return true;
  const other = names.find(name => /^\d+$/.test(name));
  if (other === undefined) return false;
  throw new PostgresError(
    `${folder} holds a cluster of PostgreSQL ${other}; this version of Causeway carries ${MAJOR}.`,
    { next: `Run the version of Causeway that wrote it, or move ${path.join(folder, other)} aside.` },
  );
};

const removeUnfinished = async (folder: string): Promise<void> => {
  for (const name of await namesIn(folder)) {
    const options = { recursive: true, force: true, maxRetries: 5 };
    if (name.startsWith(UNFINISHED)) await rm(path.join(folder, name), options);
  }
};

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

/** Hands a folder with all in it to the account that the server runs as. */
const giveTo = async (folder: string, account: Account): Promise<void> => {
  if (process.getuid?.() !== 0) return;
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(path.join(folder, entry), account.uid, account.gid);
  }
  await lchown(folder, account.uid, account.gid);
};

/** The URL for clients. `localhost` is only there because a URL needs a host: `host` overrides it. */
export const connectionString = async (
  folder: string,
  socketFolder: string,
  port: number,
): Promise<string> => {
  const password = (await readFile(clusterPaths(folder).password, 'utf8')).trim();
  return `postgresql://${USER}:${password}@localhost:${port}/${DATABASE}?host=${encodeURIComponent(socketFolder)}`;
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};
