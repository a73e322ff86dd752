import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { gitEnvironment } from '../program/environment.ts';
import { gitMissing } from '../program/run-git.ts';

export interface FetchLimits {
  /** Of all that git keeps of it. */
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface WantedFetch {
  /** The bare repository that it goes into. */
  readonly repository: string;
  readonly url: URL;
  /** From where to where: `+refs/heads/main:refs/heads/source`. */
  readonly refspec: string;
  readonly protocols: readonly string[];
  /** Settings of this one process. What is secret goes here: the environment is not shown in lists of processes. */
  readonly settings: Readonly<Record<string, string>>;
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
}

const lookEveryMs = 250;

/** Bytes of the packs, also of those that are not whole yet. */
const sizeOf = async (repository: string): Promise<number> => {
  const folder = join(repository, 'objects', 'pack');
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map(name =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** git and what it started: it has a group of its own. */
const end = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

/** What git itself says is wrong, in a line that can be shown. What the other side says is not passed on. */
const fault = (stderr: string): string =>
  (stderr.split('\n').find(line => line.startsWith('fatal: ')) ?? '').slice(7, 207).replace(/\p{Cc}/gu, ' ');

/**
 * Fetches one branch without its history. Throws `TooLarge`, `Unavailable` in git’s words, or what ended it. Nothing asks on a
 * terminal, and no other protocol is followed.
 */
export const fetchBranch = async (wanted: WantedFetch): Promise<void> => {
  const { repository, url, refspec, protocols, settings, limits, signal } = wanted;
  let because: PlatformError | undefined;
  const megabytes = Math.floor(limits.bytes / 1024 ** 2);
  const child = spawn(
    'git',
    [
      'fetch',
      '--quiet',
      '--depth=1',
      '--no-tags',
      '--no-write-fetch-head',
      '--force',
      '--',
      url.href,
      refspec,
    ],
    {
      env: gitEnvironment(
        {
          'fetch.unpackLimit': '1',
          'fetch.fsckObjects': 'true',
          'gc.autoDetach': 'false',
          'http.lowSpeedLimit': '1000',
          'http.lowSpeedTime': '20',
          ...settings,
        },
        {
          GIT_DIR: repository,
          GIT_ALLOW_PROTOCOL: protocols.join(':'),
          GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=10',
        },
      ),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  const stop = (error: PlatformError): void => {
    because ??= error;
    end(child);
  };
  const tooLong = setTimeout(
    () =>
      stop(new PlatformError('Unavailable', `It was not fetched within ${limits.milliseconds / 1000} s.`)),
    limits.milliseconds,
  );
  const tooLarge = new PlatformError('TooLarge', `The branch holds more than ${megabytes} MiB.`, {
    next: 'Put the files of the platform into a repository of their own.',
  });
  const look = setInterval(async () => {
    if ((await sizeOf(repository)) > limits.bytes) stop(tooLarge);
  }, lookEveryMs);
  const aborted = (): void => stop(new PlatformError('Unavailable', 'The fetch was broken off.'));
  signal.addEventListener('abort', aborted);
  if (signal.aborted) aborted();
  try {
    const stderr: Buffer[] = [];
    child.stderr.on('data', (data: Buffer) => stderr.length < 64 && stderr.push(data));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', cause => reject(gitMissing(cause)));
      child.once('close', resolve);
    });
    if (because) throw because;
    if (status === 0 && (await sizeOf(repository)) > limits.bytes) throw tooLarge;
    if (status === 0) return;
    const said = fault(Buffer.concat(stderr).toString('utf8'));
    throw new PlatformError('Unavailable', `It cannot be fetched: ${said || `git ended with ${status}`}.`, {
      next: 'Correct the address or the branch; a private repository needs sources.credentials of the platform.',
    });
  } finally {
    clearTimeout(tooLong);
    clearInterval(look);
    signal.removeEventListener('abort', aborted);
  }
};
