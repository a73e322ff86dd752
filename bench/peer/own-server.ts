import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensureCluster, startPostgres } from '../../packages/postgres/index.ts';
import packageJson from '../../packages/server/package.json' with { type: 'json' };
import type { PeerServer } from './peer-server.ts';
import { childrenOf } from './process-figures.ts';

const root = join(import.meta.dirname, '../..');

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** With where its truth is. */
export interface OwnServer extends PeerServer {
  readonly connectionString: string;
  /** The folder of its certificates. */
  readonly keys: string;
}

/**
 * The server process as `platform up` starts it, controllers included, on a PostgreSQL with fsync. Routes are the platform's own
 * to write: the first person of this platform is the server itself, unless another is given.
 */
export const startOwnServer = async (user = 'system:server'): Promise<OwnServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  const cluster = join(folder, 'postgres');
  const credentials = join(folder, 'credentials');
  await mkdir(credentials, { recursive: true });
  const token = randomBytes(24).toString('hex');
  await writeFile(join(credentials, 'admin.json'), JSON.stringify({ user, token }));
  for (const name of ['agent', 'gateway', 'metrics'])
    await writeFile(join(credentials, `${name}.token`), randomBytes(24).toString('hex'));
  await ensureCluster({ folder: cluster });
  const postgres = await startPostgres({ folder: cluster, log: join(folder, 'postgres.log') });
  const port = await freePort();
  const start = (): ChildProcess => {
    const log = openSync(join(folder, 'server.log'), 'a');
    const child = spawn(process.execPath, [join(root, 'packages/server/main.ts')], {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        CAUSEWAY_DATA: folder,
        CAUSEWAY_PORT: String(port),
        CAUSEWAY_DATABASE_URL: postgres.connectionString,
        NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
      },
    });
    closeSync(log);
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  let server = start();
  const stop = async (): Promise<void> => {
    await end(server);
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const authority = () => readFile(join(folder, 'keys/ca.crt'), 'utf8').catch(() => '');
  const deadline = Date.now() + 60_000;
  while (!(await authority())) {
    if (server.exitCode !== null || Date.now() > deadline) {
      const log = await readFile(join(folder, 'server.log'), 'utf8');
      await stop();
      throw new Error(`the server did not start\n${log.slice(-2000)}`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return {
    name: 'Causeway',
    url: `https://127.0.0.1:${port}`,
    token,
    ca: await authority(),
    connectionString: postgres.connectionString,
    keys: join(folder, 'keys'),
    processes: async () =>
      new Map([
        ['server', [server.pid ?? 0]],
        ['postgres', [postgres.pid, ...(await childrenOf(postgres.pid))]],
      ]),
    async restart() {
      await end(server);
      server = start();
    },
    async describe() {
      const client = new pg.Client({ connectionString: postgres.connectionString });
      await client.connect();
      const show = async (name: string) => Object.values((await client.query(`SHOW ${name}`)).rows[0])[0];
      const [version, fsync, commit] = [
        await show('server_version'),
        await show('fsync'),
        await show('synchronous_commit'),
      ];
      await client.end();
      return `Causeway ${packageJson.version}, PostgreSQL ${version} with fsync ${fsync}, synchronous_commit ${commit}`;
    },
    async stop() {
      process.removeListener('exit', kill);
      await stop();
    },
  };
};
