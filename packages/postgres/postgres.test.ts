import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '@causeway/testkit/until';
import {
  adoptPostgres,
  ensureCluster,
  MAJOR,
  PostgresError,
  type RunningPostgres,
  socketFolderFor,
  startPostgres,
} from './index.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'causeway postgres '));
// Spaces, and too deep for a socket; mkdtemp makes a folder that only we can enter.
const folder = path.join(home, 'd'.repeat(120), 'a cluster');
const log = path.join(home, 'log');
const started: RunningPostgres[] = [];

after(async () => {
  for (const server of started) await server.stop(1000);
  await rm(home, { recursive: true, force: true });
});

const start = async (): Promise<RunningPostgres> => {
  const server = await startPostgres({ folder, log });
  started.push(server);
  return server;
};

/** Whether something answers the PostgreSQL protocol there: an SSLRequest gets one byte back. */
const answers = (socket: string): Promise<boolean> =>
  new Promise(resolve => {
    const connection = net.connect(socket);
    connection.once('error', () => resolve(false));
    connection.once('data', () => resolve(true)).once('data', () => connection.destroy());
    connection.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  });

test('an interrupted initdb leaves no cluster, and the next attempt makes it, once', async () => {
  await assert.rejects(ensureCluster({ folder, signal: AbortSignal.timeout(100) }));
  assert.ok(!(await readdir(folder)).includes(String(MAJOR)));
  assert.equal(await ensureCluster({ folder }), true);
  assert.equal(await ensureCluster({ folder }), false);
});

test('starts on a socket alone, is adopted, survives kill -9 of itself, and stops', async () => {
  const first = await start();
  assert.equal(first.adopted, false);
  assert.ok(await answers(first.socket));
  assert.ok(Buffer.byteLength(first.socket) <= 107);
  const configuration = await readFile(path.join(folder, String(MAJOR), 'postgresql.conf'), 'utf8');
  assert.match(configuration, /^listen_addresses = ''$/m);

  const same = await start();
  assert.deepEqual(
    [same.pid, same.adopted, same.connectionString],
    [first.pid, true, first.connectionString],
  );
  assert.equal((await adoptPostgres(folder))?.pid, first.pid);

  process.kill(first.pid, 'SIGKILL');
  await until('the server to end', async () => (await adoptPostgres(folder)) === undefined);
  const second = await start();
  assert.notEqual(second.pid, first.pid);
  assert.equal(second.connectionString, first.connectionString);

  await second.stop();
  assert.equal(await adoptPostgres(folder), undefined);
  assert.equal(await answers(second.socket), false);
  assert.ok((await stat(folder)).isDirectory());
});

test('[OPS1] a worker that does not notice the end of its server does not stand in the way for ever', {
  skip: process.platform !== 'linux' && 'looks at /proc',
}, async () => {
  const first = await start();
  const workers = async () => {
    const { stdout } = await promisify(execFile)('pgrep', ['-P', String(first.pid)]);
    return stdout.trim().split('\n').map(Number);
  };
  const [stuck = 0] = await workers();
  process.kill(stuck, 'SIGSTOP');
  process.kill(first.pid, 'SIGKILL');
  await until('the server to end', async () => (await adoptPostgres(folder)) === undefined);
  const second = await start();
  assert.ok(await answers(second.socket));
  assert.equal(await readFile(`/proc/${stuck}/cmdline`, 'utf8').catch(() => ''), '', 'it has ended');
  await second.stop();
});

test('a pid file whose pid is now another program does not stand in the way', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  const data = path.join(folder, String(MAJOR));
  await writeFile(path.join(data, 'postmaster.pid'), `${other.pid}\n${data}\n1\n5432\n/nowhere\n\n\nready\n`);
  assert.equal(await adoptPostgres(folder), undefined);
  const server = await start();
  assert.ok(await answers(server.socket));
  await server.stop();
  assert.equal(other.exitCode, null);
  other.kill();
});

test('a failing start shows the last lines of the log', async () => {
  const broken = path.join(home, 'broken');
  await mkdir(path.join(broken, String(MAJOR)), { recursive: true, mode: 0o700 });
  await chmod(path.join(broken, String(MAJOR)), 0o755);
  await assert.rejects(startPostgres({ folder: broken, log }), (error: PostgresError) => {
    assert.match(error.evidence.join('\n'), /FATAL/);
    return error instanceof PostgresError;
  });
  await rm(socketFolderFor(broken), { recursive: true, force: true });
});

test('the cluster of another major version is refused', async () => {
  const old = path.join(home, 'old');
  await mkdir(path.join(old, '9'), { recursive: true });
  await assert.rejects(ensureCluster({ folder: old }), /holds a cluster of PostgreSQL 9/);
});
