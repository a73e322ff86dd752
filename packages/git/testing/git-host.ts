import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@causeway/testkit/until';
import {
  createGitHttpHandler,
  createRepositories,
  type GitHttpOptions,
  judgePush,
  tokenOf,
} from '../index.ts';

/** Tokens are user names here; `reader` may only read, `stranger` sees nothing. */
export const plainPorts: Omit<GitHttpOptions, 'folder'> = {
  authenticate: async header => {
    const token = tokenOf(header);
    return token === undefined || token === 'wrong' ? undefined : { user: token };
  },
  authorize: async (user, _id, action) => user !== 'stranger' && (user !== 'reader' || action === 'read'),
  judge: push => judgePush(push, { fileBytes: 1024 * 1024, releaseBranch: 'main' }),
  report: async function* () {
    yield 'Recorded.';
  },
};

export const temporaryFolder = (t: { after(fn: () => void): void }): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'causeway git $(x) ')));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};

/** What pushes that failed left in a repository. */
export const leftovers = (bare: string): string[] =>
  readdirSync(join(bare, 'objects'), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.includes('tmp_'),
  );

/** For tests that look at processes. */
export const seesProcesses = {
  skip: process.platform === 'linux' ? false : 'needs /proc (Linux) to see when git has ended',
};

const worksIn = (pid: string, folder: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
};

/** Waits until no process works in a folder: git outlives a server that is killed. */
export const gitEnded = (folder: string): Promise<true> =>
  until('git to end', () => !readdirSync('/proc').some(name => /^\d+$/.test(name) && worksIn(name, folder)));

export interface Outcome {
  readonly status: number;
  /** What git said, on both streams. */
  readonly text: string;
}

/** The git of a person: no configuration of this machine, an identity, `main`. */
export const clientEnvironment = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Runs git as a person does, and says how it ended. */
export const git = (folder: string, ...arguments_: string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', ['-c', 'init.defaultBranch=main', ...arguments_], {
      cwd: folder,
      env: clientEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const collect = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject).once('close', code => resolve({ status: code ?? -1, text }));
  });

/** As `git`, where nothing may fail; returns what it printed. */
export const gitOk = async (folder: string, ...arguments_: string[]): Promise<string> => {
  const { status, text } = await git(folder, ...arguments_);
  if (status !== 0) throw new Error(`git ${arguments_.join(' ')}: ${text}`);
  return text.trim();
};

/** A platform's git hosting on a free port, with the repository shop/api, and a folder for clones. */
export const startGitHost = async (
  t: { after(fn: () => unknown): void },
  ports: Partial<Omit<GitHttpOptions, 'folder'>> = {},
) => {
  const folder = temporaryFolder(t);
  const id = { team: 'shop', service: 'api' };
  const repositories = createRepositories({ folder: join(folder, 'repositories') });
  await repositories.ensure(id, 'main');
  const handler = createGitHttpHandler({ ...plainPorts, ...ports, folder: join(folder, 'repositories') });
  const running = new Set<Promise<void>>();
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const done = handler(request, response).finally(() => running.delete(done));
    running.add(done);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(running);
  });
  const url = (user = 'ada'): string => `http://x:${user}@127.0.0.1:${port}/git/shop/api.git`;
  return {
    folder,
    port,
    id,
    repositories,
    /** Every request so far. */
    requests,
    bare: join(folder, 'repositories', 'shop', 'api.git'),
    url,
    /** Waits until no request is under way. */
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    /** A clone with one commit, not pushed. */
    clone: async (name = 'clone'): Promise<string> => {
      await gitOk(folder, 'clone', '-q', url(), name);
      const clone = join(folder, name);
      if ((await gitOk(clone, 'branch', '-r')) === '')
        await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', 'first');
      return clone;
    },
  };
};
