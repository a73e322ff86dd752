import { spawn } from 'node:child_process';
import { PlatformError } from '@causeway/model';
import { gitEnvironment } from './environment.ts';

export interface GitCall {
  /** The bare repository that git works in. */
  readonly repository: string;
  readonly input?: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface GitOutcome {
  /** Exit status; -1 when a signal ended it. */
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs git and returns how it ended; a status other than 0 is the caller's to judge. Throws `Unsupported`
 * without git.
 */
export const runGit = (arguments_: readonly string[], call: GitCall): Promise<GitOutcome> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', arguments_, {
      env: gitEnvironment({}, { ...call.variables, GIT_DIR: call.repository }),
      stdio: 'pipe',
    });
    // Before anything else: where the process could not be made, there is nothing but this event.
    child.once('error', cause => reject(gitMissing(cause)));
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => stdout.push(data));
    child.stderr.on('data', (data: Buffer) => stderr.push(data));
    child.once('close', code =>
      resolve({
        status: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
    // git may end before it has read everything; its status tells then.
    child.stdin.on('error', () => {});
    child.stdin.end(call.input);
  });

/** As `runGit`, for calls that only fail when something is broken: throws `Internal` with git's own words. */
export const runGitOrThrow = async (arguments_: readonly string[], call: GitCall): Promise<GitOutcome> => {
  const outcome = await runGit(arguments_, call);
  if (outcome.status === 0) return outcome;
  throw new PlatformError(
    'Internal',
    `git ${arguments_[0]} failed in ${call.repository} (status ${outcome.status})`,
    {
      evidence: outcome.stderr.trim().split('\n').slice(-10),
      next: `Run git fsck in ${call.repository}; platform doctor checks the installation.`,
    },
  );
};

/** Why git did not start: it is not there, or the machine has no room for another process. */
export const gitMissing = (cause: unknown): PlatformError => {
  const evidence = [cause instanceof Error ? cause.message : String(cause)];
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
    return new PlatformError('Unavailable', 'git could not be started.', { evidence, cause });
  }
  return new PlatformError('Unsupported', 'git is missing on this machine.', {
    evidence,
    next: 'Install git (https://git-scm.com) so that it is on the PATH of the platform, then start it again.',
    cause,
  });
};
