import { execFile } from 'node:child_process';
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
    const self = { uid, gid, prefix: [] };
    return { initdb: self, server: self };
  }
  const nobody = await idsOf(INITDB_USER);
  const accounts = { initdb: demoted(nobody.uid, nobody.gid), server: demoted(POSTGRES_UID, POSTGRES_UID) };
  await check(accounts.server.prefix);
  return accounts;
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

const check = async ([command, ...options]: readonly string[]): Promise<void> => {
  try {
    await run(command!, [...options, 'true'], { timeout: 10_000 });
  } catch (cause) {
    throw new PostgresError(
      'PostgreSQL refuses to run as root, and `setpriv` could not start it as another user.',
      {
        evidence: [cause instanceof Error ? cause.message.trim() : String(cause)],
        next: 'Run `platform up` as an ordinary user, install setpriv (package util-linux), or set DATABASE_URL.',
        cause,
      },
    );
  }
};

const idsOf = async (user: string): Promise<{ uid: number; gid: number }> => {
  const id = async (flag: string) => Number((await run('id', [flag, user], { timeout: 10_000 })).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch (cause) {
    throw new PostgresError(`PostgreSQL refuses to run as root, and this machine has no user '${user}'.`, {
      next: 'Run `platform up` as an ordinary user, or set DATABASE_URL.',
      cause,
    });
  }
};
