import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const source = new URL('./git-credential', import.meta.url);

export const helperPath = (data: string): string => join(data, 'credentials', 'git-credential');

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A helper that begins with `!` is a shell command line to git, which allows any path. */
export const helperValue = (data: string): string => `!${shellQuoted(helperPath(data))}`;

const keyOf = (server: string): string => `credential.${server}.helper`;

const git = async (args: readonly string[]): Promise<string> =>
  (await run('git', [...args], { timeout: 10_000 })).stdout;

export interface GitConfiguration {
  readonly configured: boolean;
  /** When it could not be: what to do instead. */
  readonly hint: string;
}

const installHelper = async (data: string): Promise<void> => {
  const path = helperPath(data);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await copyFile(source, unfinished);
  await chmod(unfinished, 0o700);
  await rename(unfinished, path);
};

/**
 * Lets git push to the platform without a prompt: a helper for its address alone, in the user's own configuration. The
 * empty value before it keeps other helpers from answering, or storing, for this address.
 */
export const configureGit = async (data: string, server: string): Promise<GitConfiguration> => {
  const value = helperValue(data);
  const hint = `git will ask for a password. Instead: git clone --config ${shellQuoted(`${keyOf(server)}=${value}`)} URL`;
  try {
    await installHelper(data);
    await git(['config', '--global', '--replace-all', keyOf(server), '']);
    await git(['config', '--global', '--add', keyOf(server), value]);
    return { configured: true, hint: '' };
  } catch {
    // No HOME, a read-only one, no git: cloning with the helper named works all the same.
    return { configured: false, hint };
  }
};

const configuredHelpers = async (server: string): Promise<string[]> => {
  try {
    return (await git(['config', '--global', '--get-all', keyOf(server)])).split('\n');
  } catch {
    return [];
  }
};

/** Whether git finds the helper of this folder for the address. */
export const isGitConfigured = async (data: string, server: string): Promise<boolean> =>
  (await configuredHelpers(server)).includes(helperValue(data));

/** Takes it out again, unless another folder has taken the address over. */
export const unconfigureGit = async (data: string, server: string): Promise<void> => {
  if (!(await isGitConfigured(data, server))) return;
  await git(['config', '--global', '--unset-all', keyOf(server)]).catch(() => {});
};

/** How to clone so that pushes need no password either. */
export const cloneCommand = async (data: string, server: string, cloneUrl: string): Promise<string> =>
  (await isGitConfigured(data, server))
    ? `git clone ${cloneUrl}`
    : `git clone --config ${shellQuoted(`${keyOf(server)}=${helperValue(data)}`)} ${cloneUrl}`;
