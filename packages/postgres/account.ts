import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { PostgresError } from './postgres-error.ts';

const run = promisify(execFile);

/**
 * Who PostgreSQL runs as where we are root, which it refuses to be. The number has no account, lies in a range that
 * systemd leaves unused (65520–65533, https://systemd.io/UIDS-GIDS/) and below what small user namespaces map.
 * Workloads must never get it.
 */
export const POSTGRES_UID = 65520;

/** initdb insists on a user with an account. */
const INITDB_USER = 'nobody';

/** How to start a program of PostgreSQL: a command in front of it, and who then owns its files. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly prefix: readonly string[];
}

export interface Accounts {
  readonly initdb: Account;
  readonly server: Account;
}

/** Ourselves, or as root an account without any right but to enter folders such as /root. */
export const findAccounts = async (): Promise<Accounts> => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) {
    const server = { uid, gid, prefix: [] };
    return { initdb: hasAccount() ? server : { ...server, prefix: await appearingAsAnAccount() }, server };
  }
  const nobody = await idsOf(INITDB_USER);
  const accounts = { initdb: demoted(nobody.uid, nobody.gid), server: demoted(POSTGRES_UID, POSTGRES_UID) };
  await check(
    accounts.server.prefix,
    'PostgreSQL refuses to run as root, and `setpriv` could not start it as another user.',
    'Run `platform up` as an ordinary user, install setpriv (package util-linux), or set DATABASE_URL.',
  );
  return accounts;
};

/** A container may run us under a number without an account. */
const hasAccount = (): boolean => {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
};

/** In a user namespace we can have a number that has one; the files that are made there are still ours. */
const appearingAsAnAccount = async (): Promise<readonly string[]> => {
  const { uid } = await idsOf(INITDB_USER);
  const prefix = ['unshare', '--user', `--map-user=${uid}`, '--'];
  await check(
    prefix,
    `PostgreSQL refuses to run as user ${process.getuid?.()}, who has no account, and \`unshare\` could not help.`,
    'Run `platform up` as a user that /etc/passwd lists, or set DATABASE_URL.',
  );
  return prefix;
};

const demoted = (uid: number, gid: number): Account => ({
  uid,
  gid,
  prefix: [
    'setpriv',
    ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'],
    // A folder of mode 0700 above the cluster or the programs belongs to root. PostgreSQL asks access(2) first, which
    // forgets capabilities of users other than root unless this bit is set (capabilities(7)).
    '--securebits=+no_setuid_fixup',
    ...[
      '--inh-caps=-all,+dac_override',
      '--ambient-caps=-all,+dac_override',
      '--bounding-set=-all,+dac_override',
    ],
    '--',
  ],
});

const check = async (
  [command, ...options]: readonly string[],
  message: string,
  next: string,
): Promise<void> => {
  try {
    await run(command!, [...options, 'true'], { timeout: 10_000 });
  } catch (cause) {
    const evidence = [cause instanceof Error ? cause.message.trim() : String(cause)];
    throw new PostgresError(message, { evidence, next, cause });
  }
};

const idsOf = async (user: string): Promise<{ uid: number; gid: number }> => {
  const id = async (flag: string) => Number((await run('id', [flag, user], { timeout: 10_000 })).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch (cause) {
    throw new PostgresError(
      `PostgreSQL's initdb insists on a user with an account, and there is no '${user}'.`,
      {
        next: 'Run `platform up` as an ordinary user that /etc/passwd lists, or set DATABASE_URL.',
        cause,
      },
    );
  }
};
