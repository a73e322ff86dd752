import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCluster, startPostgres } from '@causeway/postgres';
import { endPostgresWithThisProcess } from '@causeway/testkit';
import pg from 'pg';

export interface DurableDatabase {
  /** Of the server that takes writes now. */
  readonly connectionString: string;
  /** Where there are several servers: what names all of them. */
  readonly urlOfAll?: string;
  /** `kill -9` of the postmaster, and of every other process of it when `everything`, then a start with recovery. */
  kill(everything: boolean, restartAfterMs: number): Promise<void>;
  /** Ends some connections of the servers, as an operator or a proxy would. Returns how many. */
  cutConnections(share: number): Promise<number>;
  stop(): Promise<void>;
}

/** Processes whose parent is this one. */
export const childrenOf = async (parent: number): Promise<number[]> => {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // pid (command) state ppid …; the command may hold spaces and brackets.
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) found.push(Number(name));
  }
  return found;
};

/** Sends a signal to a process that may be gone already. */
export const signal = (pid: number, name: 'SIGKILL' | 'SIGSTOP'): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** A signal is on its way for a moment; a process that has yet to die would be taken for one that runs. */
export const untilDead = async (pid: number): Promise<void> => {
  while ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '')
    await new Promise(resolve => setTimeout(resolve, 5));
};

export const cutConnections = async (connectionString: string, share: number): Promise<number> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    const cut = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < $1",
      [share],
    );
    return cut.rowCount ?? 0;
  } finally {
    await client.end().catch(() => {});
  }
};

/** A PostgreSQL with fsync, in a folder of its own, that ends with this process. */
export const startDatabase = async (folder: string): Promise<DurableDatabase> => {
  const cluster = join(folder, 'postgres');
  endPostgresWithThisProcess(cluster);
  await ensureCluster({ folder: cluster });
  const start = () => startPostgres({ folder: cluster, log: join(folder, 'postgres.log') });
  let running = await start();
  return {
    connectionString: running.connectionString,
    async kill(everything, restartAfterMs) {
      const children = everything ? await childrenOf(running.pid) : [];
      for (const pid of [running.pid, ...children]) signal(pid, 'SIGKILL');
      await new Promise(resolve => setTimeout(resolve, restartAfterMs));
      await untilDead(running.pid);
      running = await start();
    },
    cutConnections: share => cutConnections(running.connectionString, share),
    stop: () => running.stop(),
  };
};
