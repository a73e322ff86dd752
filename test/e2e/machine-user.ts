import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Ran } from './harness.ts';
import { root } from './harness.ts';

/** A user of this machine with a home of their own, who knows nothing of the session that runs the tests. */
export interface MachineUser {
  readonly home: string;
  /** Theirs alone, mode 0700. */
  readonly folder: string;
  /** Where their temporary files go. */
  readonly temporary: string;
  readonly uid: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  run(file: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Leads a process group of its own. */
  spawn(file: string, args: readonly string[], options?: RunOptions): ChildProcess;
}

interface RunOptions {
  readonly cwd?: string;
  /** `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const patienceMs = 180_000;

/** What a machine needs to reach the network. */
const passedOn =
  /^(https?_proxy|no_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|LANG|LC_ALL|TZ)$/i;

/** The machine's own programs: nothing that npm or the toolchain put in front. */
const machinePath = (): string =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => folder !== root && !folder.startsWith(`${root}/`) && !folder.includes('node_modules'))
    .join(delimiter);

interface UserOptions {
  /** Made by this function; its parent can be entered by everybody. */
  readonly folder: string;
  /** Another than the one that runs the tests: only root may. */
  readonly uid?: number;
  readonly npmCache: string;
}

export const machineUser = async ({ folder, uid, npmCache }: UserOptions): Promise<MachineUser> => {
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const made of [folder, home, temporary]) {
    await mkdir(made, { mode: 0o700 });
    await chmod(made, 0o700);
    if (uid !== undefined) await chown(made, uid, uid);
  }
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const env = {
    ...(Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name))) as Record<
      string,
      string
    >),
    PATH: machinePath(),
    HOME: home,
    TMPDIR: temporary,
    npm_config_cache: npmCache,
    NO_COLOR: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  const settings = ({ cwd = home, env: more = {} }: RunOptions = {}) => ({
    cwd,
    env: { ...env, ...more } as NodeJS.ProcessEnv,
    ...identity,
  });
  return {
    home,
    folder,
    temporary,
    uid,
    env,
    run: (file, args, options) =>
      new Promise(resolve => {
        const began = performance.now();
        const limits = { timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 };
        execFile(file, [...args], { ...settings(options), ...limits }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
          resolve({
            code,
            stdout,
            stderr: stderr || (error?.message ?? ''),
            took: performance.now() - began,
          });
        }).stdin?.end();
      }),
    spawn: (file, args, options) =>
      spawn(file, [...args], { ...settings(options), detached: true, stdio: 'ignore' }),
  };
};
