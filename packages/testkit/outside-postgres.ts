import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, chownSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

/** Where Debian puts the programs of this major version. */
const programs = (major: number): string => `/usr/lib/postgresql/${major}/bin`;

const startWithinMs = 30_000;

/** A PostgreSQL that is none of ours, of another major version, listening on a socket. */
export interface OutsidePostgres {
  /** For a superuser, without a password. */
  readonly url: string;
  close(): Promise<void>;
}

/** Why there is none on this machine; `false` when there is. Throws when everything is required. */
export const outsidePostgresMissing = (major: number): string | false => {
  try {
    accessSync(path.join(programs(major), 'initdb'), constants.X_OK);
    return false;
  } catch {
    const reason = `needs PostgreSQL ${major} in ${programs(major)}: apt-get install postgresql-${major}`;
    if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
    return reason;
  }
};

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise(resolve => child.once('exit', () => resolve()));

/** Starts a throw-away server with Debian’s programs. It refuses root, so root runs it as `nobody`. */
export const startOutsidePostgres = async (major: number): Promise<OutsidePostgres> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-outside-'));
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  const options = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, ...account };
  const data = path.join(folder, 'data');
  await promisify(execFile)(
    path.join(programs(major), 'initdb'),
    ['--pgdata', data, '--username=outside', '--auth=trust', '--encoding=UTF8', '--no-sync'],
    options,
  );
  const settings = ['-F', '-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`];
  const child = spawn(path.join(programs(major), 'postgres'), ['-D', data, ...settings], {
    ...options,
    stdio: 'ignore',
  });
  const close = async (): Promise<void> => {
    child.kill('SIGQUIT');
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgresql://outside@localhost/postgres?host=${encodeURIComponent(folder)}`;
  for (const deadline = performance.now() + startWithinMs; ; await sleep(50)) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return { url, close };
    } catch (error) {
      if (performance.now() < deadline && child.exitCode === null) continue;
      await close();
      throw error;
    }
  }
};
