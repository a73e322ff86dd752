import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { testDatabase } from './database.ts';
import { realGitea } from './real-tools.ts';
import { freePort, type Program, startProgram, untilServing } from './started-program.ts';

/** A real Gitea on loopback. */
export interface GiteaServer {
  readonly url: string;
  /** Makes somebody; returns a token that may do whatever they may. */
  addUser(name: string, options?: { readonly admin?: boolean }): Promise<string>;
  /** One request to its API: `/repos/shop/payments`. Throws what was answered unless it is a success. */
  api(token: string, method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** As Gitea reads it: sections of keys. Whatever a test does not need is off, since each part costs time at the start. */
const configuration = (folder: string, port: number, served: string, database: URL): string => `
RUN_MODE = prod
RUN_USER = ${os.userInfo().username}
; It refuses root, in front of which there is nothing to protect here.
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${served}
OFFLINE_MODE = true
DISABLE_SSH = true
LFS_START_SERVER = false

[database]
DB_TYPE = postgres
HOST = ${database.searchParams.get('host') ?? database.hostname}:${database.port || 5432}
NAME = ${database.pathname.slice(1)}
USER = ${decodeURIComponent(database.username)}
PASSWD = \`${decodeURIComponent(database.password)}\`

[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(24).toString('hex')}
PASSWORD_HASH_ALGO = pbkdf2_v1

[webhook]
ALLOWED_HOST_LIST = loopback

[indexer]
ISSUE_INDEXER_TYPE = db

[queue]
TYPE = channel

[actions]
ENABLED = false

[oauth2]
ENABLED = false

[cron]
ENABLED = false

[log]
LEVEL = Warn
MODE = console
`;

/** Starts the Gitea that `toolchain/real-gitea/build` built, with a database of its own; it goes with what it wrote. */
export const startGitea = async (): Promise<GiteaServer> => {
  const { path: gitea } = realGitea();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-gitea-'));
  const database = await testDatabase();
  let program: Program | undefined;
  const stop = async (): Promise<void> => {
    await program?.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const file = path.join(folder, 'app.ini');
    const served = path.dirname(path.dirname(gitea));
    await writeFile(file, configuration(folder, port, served, new URL(database.connectionString)), {
      mode: 0o600,
    });
    program = startProgram('gitea', gitea, ['web', '--config', file], folder);
    const healthy = () =>
      fetch(`${url}/api/healthz`).then(
        answer => answer.ok,
        () => false,
      );
    await untilServing(healthy, [program]);
    return {
      url,
      async addUser(name, { admin = false } = {}) {
        const { stdout } = await promisify(execFile)(
          gitea,
          [
            ...['admin', 'user', 'create', '--config', file, '--username', name],
            ...['--email', `${name}@example.com`, '--password', randomBytes(12).toString('hex')],
            ...['--must-change-password=false', `--admin=${admin}`],
            ...['--access-token', '--access-token-name', 'test', '--access-token-scopes', 'all'],
          ],
          { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder } },
        );
        const token = /\b[0-9a-f]{40}\b/.exec(stdout)?.[0];
        if (!token) throw new Error(`gitea names no token: ${stdout}`);
        return token;
      },
      async api(token, method, at, body) {
        const response = await fetch(`${url}/api/v1${at}`, {
          method,
          headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${text}`);
        return text === '' ? undefined : JSON.parse(text);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
