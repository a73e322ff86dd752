import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { adminCredentialsPath } from '@causeway/client';

const run = promisify(execFile);

const source = new URL('./git-credential', import.meta.url);

export const helperPath = (data: string): string => join(data, 'credentials', 'git-credential');

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A helper that begins with `!` is a shell command line to git, which allows any path. */
export const helperValue = (data: string): string => `!${shellQuoted(helperPath(data))}`;

const keyOf = (address: string): string => `credential.${address}.helper`;

/** The address as one user of it: what git matches when a clone’s URL names that user. */
const addressAs = (address: string, user: string): string => {
  const url = new URL(address);
  url.username = user;
  return url.href.replace(/\/$/, address.endsWith('/') ? '/' : '');
};

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

export interface SignedIn {
  readonly server: string;
  readonly user?: string | undefined;
}

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

/** Helpers of the user's configuration, each with its key. */
const configuredHelpers = async (env: NodeJS.ProcessEnv): Promise<{ key: string; value: string }[]> => {
  const pattern = '^credential\\..*\\.helper$';
  const listed = await git(['config', '--global', '--null', '--get-regexp', pattern], env).catch(() => '');
  return listed.split('\0').map(entry => {
    const newline = entry.indexOf('\n');
    return { key: entry.slice(0, newline), value: entry.slice(newline + 1) };
  });
};

/** All keys that name this folder's helper. */
const configuredKeys = async (data: string, env: NodeJS.ProcessEnv): Promise<string[]> =>
  (await configuredHelpers(env)).flatMap(({ key, value }) => (value === helperValue(data) ? [key] : []));

/** Whether another folder answers for this key: someone else on this account is signed in there. */
const isTaken = async (data: string, key: string, env: NodeJS.ProcessEnv): Promise<boolean> => {
  const value = (await configuredHelpers(env)).findLast(one => one.key === key)?.value ?? '';
  if (value === helperValue(data)) return false;
  const path = /^!'(.*\/credentials\/git-credential)'$/.exec(value)?.[1]?.replaceAll("'\\''", "'");
  return path !== undefined && existsSync(path);
};

const forget = async (keys: readonly string[], env: NodeJS.ProcessEnv): Promise<void> => {
  for (const key of keys) await git(['config', '--global', '--unset-all', key], env).catch(() => {});
};

/**
 * Lets git push to the platform without a prompt: a helper for its address alone, in the user's own configuration. The
 * empty value before it keeps other helpers from answering, or storing, for this address. An address that the
 * platform had before is forgotten. Where another folder answers for the address already, this one answers only for
 * clones whose URL names its user; `cloneCommand` gives such a URL. The platform's own folder always has its address.
 */
export const configureGit = async (
  data: string,
  { server, user }: SignedIn,
  env: NodeJS.ProcessEnv,
): Promise<GitConfiguration> => {
  const value = helperValue(data);
  const own = existsSync(adminCredentialsPath(data));
  const shared = user === undefined || own || !(await isTaken(data, keyOf(server), env));
  const key = keyOf(shared ? server : addressAs(server, user));
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

/** The address under which git finds the helper of this folder, which may name its user; `undefined` when it finds none. */
const foundUnder = async (
  data: string,
  { server, user }: SignedIn,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> => {
  const keys = await configuredKeys(data, env);
  const addresses = [server, ...(user === undefined ? [] : [addressAs(server, user)])];
  return addresses.find(address => keys.includes(keyOf(address)));
};

export const isGitConfigured = async (
  data: string,
  signedIn: SignedIn,
  env: NodeJS.ProcessEnv,
): Promise<boolean> => (await foundUnder(data, signedIn, env)) !== undefined;

/** Takes everything that leads to this folder out again. */
export const unconfigureGit = async (data: string, env: NodeJS.ProcessEnv): Promise<void> =>
  forget(await configuredKeys(data, env), env);

/** How to clone so that pushes need no password either. */
export const cloneCommand = async (
  data: string,
  signedIn: SignedIn,
  cloneUrl: string,
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const { server } = signedIn;
  const address = await foundUnder(data, signedIn, env);
  if (address === undefined)
    return `git clone --config ${shellQuoted(`${keyOf(server)}=${helperValue(data)}`)} ${cloneUrl}`;
  return `git clone ${cloneUrl.startsWith(`${server}/`) ? address + cloneUrl.slice(server.length) : cloneUrl}`;
};
