import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { adminCredentialsPath } from '@causeway/client';
import { UserName } from '@causeway/model';
import { dataPaths } from './paths.ts';
import { writeAtomically, writeOnce } from './write-atomically.ts';

interface Admin {
  readonly server: string;
  readonly user: string;
  readonly token: string;
  /** The team that is meant where none is named; absent is `default`. */
  readonly team?: string;
}

const newToken = (): string => randomBytes(32).toString('base64url');

/**
 * Makes the secrets that stand for the person who runs `up`, for gateway, agent and whoever collects metrics, unless they exist. The
 * server reads them when it starts and makes them valid.
 */
export const ensureCredentials = async (
  data: string,
  server: string,
  team: string | undefined,
): Promise<void> => {
  const { credentials } = dataPaths(data);
  for (const name of ['gateway', 'agent', 'metrics']) {
    const file = path.join(credentials, `${name}.token`);
    const text = await readIfThere(file);
    if (text === undefined) await writeOnce(file, `${newToken()}\n`);
    else if (text.trim() === '') await writeAtomically(file, `${newToken()}\n`, true);
  }
  const file = adminCredentialsPath(data);
  await writeOnce(file, textOf({ server, user: ownName(), token: newToken() }));
  const known = parse(await readIfThere(file));
  const admin: Admin = {
    ...known,
    server,
    user: known.user ?? ownName(),
    token: known.token ?? newToken(),
    ...(team === undefined ? {} : { team }),
  };
  if (isDeepStrictEqual(known, admin)) return;
  await writeAtomically(file, textOf(admin), true);
};

/** The port of the platform whose tokens lie in DATA, as far as somebody has started one there. */
export const knownAddress = async (data: string): Promise<number | undefined> => {
  const { server } = parse(await readIfThere(adminCredentialsPath(data)));
  return server !== undefined && URL.canParse(server) ? Number(new URL(server).port) || undefined : undefined;
};

const textOf = (admin: Admin): string => `${JSON.stringify(admin, null, 2)}\n`;

const ownName = (): string => {
  try {
    const { username } = userInfo();
    return UserName.safeParse(username).success ? username : 'admin';
  } catch {
    // A container may run us under a number without an account.
    return 'admin';
  }
};

const parse = (text: string | undefined): Partial<Admin> => {
  try {
    return { ...JSON.parse(text ?? '{}') };
  } catch {
    return {};
  }
};

const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
