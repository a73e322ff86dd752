import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export { until } from '@causeway/testkit/until';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const command = join(root, 'platform');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A port P such that P, P+10 and P+11 are free. */
export const freePorts = async (): Promise<number> => {
  const probe = (port: number): Promise<number | undefined> =>
    new Promise(resolve => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        const found = typeof address === 'object' && address ? address.port : undefined;
        server.close(() => resolve(found));
      });
    });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    // Below what the kernel gives to outgoing connections, and below what workloads get: neither takes one meanwhile.
    const port = 10_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all([port, port + 10, port + 11].map(probe));
    if (free.every(found => found !== undefined)) return port;
  }
  throw new Error('found no free ports');
};

export const run = (
  file: string,
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string | undefined>;
    timeoutMs?: number;
    input?: string;
  } = {},
): Promise<Ran> =>
  new Promise(resolve => {
    const started = performance.now();
    const child = execFile(
      file,
      args as string[],
      {
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        env: { ...process.env, ...options.env } as NodeJS.ProcessEnv,
        timeout: options.timeoutMs ?? 300_000,
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
        resolve({ code, stdout, stderr, took: performance.now() - started });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });

export interface ServiceStatus {
  readonly phase?: string;
  readonly url?: string;
  readonly cloneUrl?: string;
  readonly release?: string;
  readonly failure?: { code: string; message: string; evidence: string[]; next: string };
  readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
}

export interface Platform {
  readonly data: string;
  readonly port: number;
  /** A folder for clones and files, removed at the end. */
  readonly folder: string;
  /** The environment in which the command and git find this platform and nothing of the machine’s user. */
  readonly env: Readonly<Record<string, string>>;
  cli(...args: readonly string[]): Promise<Ran>;
  git(cwd: string, ...args: readonly string[]): Promise<Ran>;
  status(service: string, team?: string): Promise<ServiceStatus>;
  /** GET through the gateway by a service’s host name. */
  visit(host: string, path?: string): Promise<Answer>;
  /** Writes files into a new clone of a service and commits them. */
  clone(service: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Changes files, commits, pushes; the push’s output is what the pusher sees. */
  push(clone: string, files: Readonly<Record<string, string>>, ...options: readonly string[]): Promise<Ran>;
  down(): Promise<void>;
}

const commitAll = async (platform: Pick<Platform, 'git'>, clone: string): Promise<void> => {
  await platform.git(clone, 'add', '-A');
  const { code, stderr, stdout } = await platform.git(
    clone,
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'a change',
  );
  assert.equal(code, 0, stderr + stdout);
};

const writeAll = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
};

/**
 * A running platform in a folder of its own, started by the command as its user would.
 * @param more variables of its environment.
 * @param configuration what its config.yaml says.
 */
export const startPlatform = async (
  more: Readonly<Record<string, string>> = {},
  configuration?: string,
): Promise<Platform> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway e2e-'));
  const home = join(folder, 'home');
  await mkdir(home);
  const data = join(folder, 'data');
  if (configuration !== undefined) {
    await mkdir(data, { mode: 0o700 });
    await writeFile(join(data, 'config.yaml'), configuration);
  }
  const port = await freePorts();
  const env = {
    HOME: home,
    CAUSEWAY_HOME: data,
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    NO_COLOR: '1',
    ...more,
  };
  await writeFile(env.GIT_CONFIG_GLOBAL, '[init]\n\tdefaultBranch = main\n');
  const cli = (...args: readonly string[]): Promise<Ran> => run(command, args, { cwd: folder, env });
  const git = (cwd: string, ...args: readonly string[]): Promise<Ran> => run('git', args, { cwd, env });
  const up = await cli('up', '--detach', '--port', String(port));
  assert.equal(up.code, 0, `platform up failed:\n${up.stdout}\n${up.stderr}`);

  const platform: Platform = {
    data,
    port,
    folder,
    env,
    cli,
    git,
    async status(service, team = 'default') {
      const { code, stdout, stderr } = await cli('get', 'service', service, '-n', team, '-o', 'json');
      assert.equal(code, 0, stderr);
      return (JSON.parse(stdout) as { status?: ServiceStatus }).status ?? {};
    },
    visit: (host, path = '/') => get(port + 10, host, path),
    async clone(service, files) {
      const { cloneUrl } = await platform.status(service);
      assert.ok(cloneUrl);
      const place = await mkdtemp(join(folder, 'clone-'));
      const cloned = await git(folder, 'clone', '-q', cloneUrl, place);
      assert.equal(cloned.code, 0, cloned.stderr);
      await git(place, 'checkout', '-q', '-B', 'main');
      if (Object.keys(files).length > 0) {
        await writeAll(place, files);
        await commitAll(platform, place);
      }
      return place;
    },
    async push(clone, files, ...options) {
      await writeAll(clone, files);
      await commitAll(platform, clone);
      return git(clone, 'push', ...options, 'origin', 'main');
    },
    async down() {
      await cli('down', '--purge', '--yes');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return platform;
};

/** One GET; the host name is sent, not resolved. */
export const get = (port: number, host: string, path = '/'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, headers: { host: `${host}:${port}` }, agent: false, timeout: 20_000 },
      response => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', chunk => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer in 20 s')));
    asked.on('error', reject);
    asked.end();
  });

/** A Node.js server without dependencies that answers with `text`. */
export const bareServer = (text: string): Record<string, string> => ({
  'server.js': `require('node:http').createServer((request, response) => response.end(${JSON.stringify(text)})).listen(process.env.PORT);\n`,
});
