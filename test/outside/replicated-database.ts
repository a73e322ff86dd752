import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '@causeway/testkit/until';
import { childrenOf, type DurableDatabase, signal, untilDead } from './database.ts';
import { withClient } from './with-database.ts';

/** Of Debian: the embedded one carries no pg_basebackup. */
const major = 15;
const programs = `/usr/lib/postgresql/${major}/bin`;

interface Server {
  readonly folder: string;
  readonly url: string;
  process: ChildProcess | undefined;
}

/** Of one that does not answer (yet), nothing is so. */
const isSo = (url: string, statement: string): Promise<boolean> =>
  withClient(url, async client => (await client.query(statement)).rows[0].holds === true).catch(() => false);

/**
 * A primary and a standby, with fsync; no commit is acknowledged before the standby has it on disk. A kill is a fail-over: the
 * primary’s machine is lost, the standby promoted, and a new standby made from it.
 */
export const startReplicatedDatabase = async (): Promise<DurableDatabase> => {
  // Not in the trial’s own folder: the name of a socket has 107 bytes.
  const home = await mkdtemp(join(tmpdir(), 'causeway-pair-'));
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const own = (folder: string): void => {
    if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  };
  own(home);
  const options = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, ...account };
  const run = (program: string, ...parameters: string[]) =>
    promisify(execFile)(join(programs, program), parameters, options);

  const serverIn = async (name: string): Promise<Server> => {
    const folder = join(home, name);
    await mkdir(folder);
    own(folder);
    const url = `postgresql://outside@localhost/postgres?host=${encodeURIComponent(folder)}`;
    return { folder, url, process: undefined };
  };
  const start = async (server: Server): Promise<void> => {
    const settings = {
      listen_addresses: '',
      unix_socket_directories: server.folder,
      // The name under which it asks its primary for changes.
      cluster_name: 'standby',
      synchronous_standby_names: 'standby',
      synchronous_commit: 'on',
      wal_keep_size: '256MB',
      shared_buffers: '32MB',
    };
    server.process = spawn(
      join(programs, 'postgres'),
      ['-D', join(server.folder, 'data')].concat(
        Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ),
      { ...options, stdio: 'ignore' },
    );
    await until('PostgreSQL to take connections', () => isSo(server.url, 'SELECT true AS holds'));
  };
  const follow = async (standby: Server, primary: Server): Promise<void> => {
    const data = join(standby.folder, 'data');
    await rm(data, { recursive: true, force: true });
    await run(
      'pg_basebackup',
      ...['--pgdata', data, '--host', primary.folder, '--username', 'outside'],
      ...['--write-recovery-conf', '--checkpoint=fast', '--no-sync'],
    );
    await start(standby);
    await until('the standby to follow', () =>
      isSo(primary.url, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') AS holds"),
    );
  };

  let primary = await serverIn('a');
  let standby = await serverIn('b');
  const initial = ['--username=outside', '--auth=trust', '--encoding=UTF8', '--no-sync'];
  await run('initdb', '--pgdata', join(primary.folder, 'data'), ...initial);
  await start(primary);
  await follow(standby, primary);
  const hosts = [primary, standby].map(({ folder }) => encodeURIComponent(folder)).join(',');

  return {
    get connectionString() {
      return primary.url;
    },
    urlOfAll: `postgresql://outside@localhost/postgres?host=${hosts}&target_session_attrs=read-write`,
    async kill(_everything, restartAfterMs) {
      const pid = primary.process?.pid as number;
      // As the loss of a machine: nothing of it runs on for a moment. A backend that sees its postmaster die gives up waiting
      // for the standby and shows its commit to others, though the standby does not have it.
      const all = [pid];
      for (let known = 0; known < all.length; ) {
        for (const one of all.slice(known)) signal(one, 'SIGSTOP');
        known = all.length;
        all.push(...(await childrenOf(pid)).filter(child => !all.includes(child)));
      }
      for (const one of all) signal(one, 'SIGKILL');
      await untilDead(pid);
      await sleep(restartAfterMs);
      await withClient(standby.url, client => client.query('SELECT pg_promote(true, 60)'));
      [primary, standby] = [standby, primary];
      await follow(standby, primary);
    },
    // A backend that is told to end gives up waiting for the standby, too.
    cutConnections: async () => 0,
    async stop() {
      for (const server of [standby, primary]) server.process?.kill('SIGQUIT');
      for (const { process: child } of [standby, primary])
        if (child && child.exitCode === null && child.signalCode === null)
          await new Promise(resolve => child.once('exit', resolve));
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
