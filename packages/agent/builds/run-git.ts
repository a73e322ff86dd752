import { spawn } from 'node:child_process';
import { PlatformError } from '@causeway/model';

export interface GitOptions {
  readonly repository: string;
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, string>>;
  /** Bytes of output after which it is ended; 1 MiB unless told. */
  readonly mostOutput?: number;
}

/** Nothing but the repository's own configuration, which only the platform writes: no hooks, no filters, no prompts. */
const environment = (options: GitOptions): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  LC_ALL: 'C',
  GIT_DIR: options.repository,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  ...options.variables,
});

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.symlinks=true',
];

/** Files must be readable to the workload's user, whatever the mask of this process is. */
const wrapper = 'umask 022; exec git "$@"';

/** Output of a git command, one character a byte. Throws `Internal` with what git said. */
export const runGit = (args: readonly string[], options: GitOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const configured = settings.flatMap(setting => ['-c', setting]);
    const child = spawn('sh', ['-c', wrapper, 'git', ...configured, ...args], {
      env: environment(options),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let size = 0;
    let tooMuch = false;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      tooMuch ||= size > (options.mostOutput ?? 1024 ** 2);
      if (tooMuch) child.kill('SIGKILL');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < 100) errors.push(chunk);
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0 && !tooMuch) return resolve(Buffer.concat(output).toString('latin1'));
      if (tooMuch)
        return reject(new PlatformError('UnsafeTree', 'The commit holds too many files to be built.'));
      const said = Buffer.concat(errors).toString('utf8').trim().split('\n').slice(-10);
      reject(
        new PlatformError('Internal', `git ${args[0]} failed: ${said.at(-1) ?? `exit code ${code}`}`, {
          evidence: said,
        }),
      );
    });
  });
