import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PlatformError } from '@causeway/model';

/** Which platform, as whom. */
export interface Credentials {
  readonly server: string;
  readonly token?: string;
  readonly user?: string;
  /** The team that is meant where none is named. */
  readonly team: string;
  /** PEM certificates to trust for `server`. */
  readonly ca?: string;
}

export interface CredentialsSource {
  /** The platform's folder. Default: CAUSEWAY_HOME, else `~/.causeway`. */
  readonly home?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export const defaultTeam = 'default';

export const dataFolder = ({ home, env = process.env }: CredentialsSource = {}): string =>
  resolve(home || env.CAUSEWAY_HOME || join(homedir(), '.causeway'));

/** What `platform login` keeps; it comes before what `up` wrote for the person who ran it. */
export const userCredentialsPath = (data: string): string => join(data, 'credentials', 'user.json');
export const adminCredentialsPath = (data: string): string => join(data, 'credentials', 'admin.json');

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const parse = (path: string, content: string): Credentials => {
  let fields: Record<string, unknown> = {};
  try {
    fields = { ...JSON.parse(content) };
  } catch {
    // Reported below, without the content: it may hold a token.
  }
  const { server, token, user, team, ca } = fields;
  if (text(server) === undefined)
    throw new PlatformError('DataUnusable', `${path} does not hold credentials.`, {
      next: 'Remove the file, then run `platform up` or `platform login --server URL`.',
    });
  return {
    server: String(server),
    team: text(team) ?? defaultTeam,
    ...(text(token) ? { token: String(token) } : {}),
    ...(text(user) ? { user: String(user) } : {}),
    ...(text(ca) ? { ca: String(ca) } : {}),
  };
};

const readIfThere = async (path: string): Promise<Credentials | undefined> => {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new PlatformError('DataUnusable', `${path} cannot be read (${code}).`, {
      next: 'Run as the user who ran `platform up`, or sign in with `platform login` into a folder of your own (--data DIR).',
      cause: error,
    });
  }
  return parse(path, content);
};

/** What a folder holds, `undefined` when nobody ran `up` or `login` with it. */
export const storedCredentials = async (data: string): Promise<Credentials | undefined> =>
  (await readIfThere(userCredentialsPath(data))) ?? (await readIfThere(adminCredentialsPath(data)));

const sameServer = (one: string, other: string): boolean =>
  one.replace(/\/+$/, '') === other.replace(/\/+$/, '');

/**
 * CAUSEWAY_SERVER with CAUSEWAY_TOKEN, else what the platform's folder holds. CAUSEWAY_TEAM chooses the team.
 * A stored token is never sent to a server it was not given for. Throws `NotRunning` when no platform is known.
 */
export const findCredentials = async (source: CredentialsSource = {}): Promise<Credentials> => {
  const { env = process.env } = source;
  const data = dataFolder(source);
  const stored = await storedCredentials(data);
  const team = text(env.CAUSEWAY_TEAM) ?? stored?.team ?? defaultTeam;
  const server = text(env.CAUSEWAY_SERVER) ?? stored?.server;
  if (server === undefined)
    throw new PlatformError('NotRunning', 'There is no platform here, and none you have signed in to.', {
      evidence: [`${adminCredentialsPath(data)} does not exist`],
      next: 'Start one with `platform up`, or sign in to one with `platform login --server URL`.',
    });
  const known = stored && sameServer(stored.server, server) ? stored : { server, team };
  const token = text(env.CAUSEWAY_TOKEN);
  return { ...known, server, team, ...(token ? { token } : {}) };
};
