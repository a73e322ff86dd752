import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const source = new URL('./git-credential', import.meta.url);

export const helperPath = (data: string): string => join(data, 'credentials', 'git-credential');

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A helper that begins with `!` is a shell command line to git, which allows any path. */
export const helperValue = (data: string): string => `!${shellQuoted(helperPath(data))}`;

const keyOf = (server: string): string => `credential.${server}.helper`;

const lockTries = 10;
const lockPauseMs = 50;

/** Another git may hold the lock of the configuration for a moment. */
const git = async (args: readonly string[], env: NodeJS.ProcessEnv, tries = lockTries): Promise<string> => {
  try {
    return (await run('git', [...args], { timeout: 10_000, env })).stdout;
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    if (tries <= 1 || !/could not lock config file .*: File exists/.test(stderr)) throw error;
    await sleep(lockPauseMs);
    return git(args, env, tries - 1);
  }
};

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

/** All keys of the user's configuration that name this folder's helper. */
const configuredKeys = async (data: string, env: NodeJS.ProcessEnv): Promise<string[]> => {
  const pattern = '^credential\\..*\\.helper$';
  const listed = await git(['config', '--global', '--null', '--get-regexp', pattern], env).catch(() => '');
  return listed.split('\0').flatMap(entry => {
    const newline = entry.indexOf('\n');
    return entry.slice(newline + 1) === helperValue(data) ? [entry.slice(0, newline)] : [];
  });
};

const forget = async (keys: readonly string[], env: NodeJS.ProcessEnv): Promise<void> => {
  for (const key of keys) await git(['config', '--global', '--unset-all', key], env).catch(() => {});
};

/**
 * Lets git push to the platform without a prompt: a helper for its address alone, in the user's own configuration. The
 * empty value before it keeps other helpers from answering, or storing, for this address. An address that the
 * platform had before is forgotten.
 */
export const configureGit = async (
  data: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<GitConfiguration> => {
  const value = helperValue(data);
  const key = keyOf(server);
  const hint = `git will ask for a password. Instead: git clone --config ${shellQuoted(`${key}=${value}`)} URL`;
  try {
    await installHelper(data);
    const known = await configuredKeys(data, env);
    await forget(
      known.filter(other => other !== key),
      env,
    );
    if (known.includes(key)) return { configured: true, hint: '' };
    await git(['config', '--global', '--replace-all', key, ''], env);
    await git(['config', '--global', '--add', key, value], env);
    return { configured: true, hint: '' };
  } catch {
    // No HOME, a read-only one, no git: cloning with the helper named works all the same.
    return { configured: false, hint };
  }
};

/** Whether git finds the helper of this folder for the address. */
export const isGitConfigured = async (
  data: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> => (await configuredKeys(data, env)).includes(keyOf(server));

/** Takes everything that leads to this folder out again. */
export const unconfigureGit = async (data: string, env: NodeJS.ProcessEnv): Promise<void> =>
  forget(await configuredKeys(data, env), env);

/** How to clone so that pushes need no password either. */
export const cloneCommand = async (
  data: string,
  server: string,
  cloneUrl: string,
  env: NodeJS.ProcessEnv,
): Promise<string> =>
  (await isGitConfigured(data, server, env))
    ? `git clone ${cloneUrl}`
    : `git clone --config ${shellQuoted(`${keyOf(server)}=${helperValue(data)}`)} ${cloneUrl}`;
