import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Account,
  becomeUser,
  bubblewrapArguments,
  closedFolders,
  mountTable,
  planCovers,
  shimEnvironment,
  shimFile,
} from '@causeway/drivers';
import { PlatformError } from '@causeway/model';
import { markerVariable } from './build-variables.ts';
import type { Confinement } from './confinement.ts';

export interface ConfinedCommand {
  /** A shell line of the repository's owner. */
  readonly line: string;
  /** Where it starts. */
  readonly folder: string;
  /** All that it finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly confinement: Confinement;
  /** `undefined`: as the user that this process is. */
  readonly account: Account | undefined;
  /** The build's own folder. */
  readonly buildFolder: string;
  /** What it sees of the hidden folders. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

/** What to spawn. */
export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Ends fork bombs; counted over all processes of the account. */
const mostProcesses = 4096;

/**
 * The first program without rights. Only here do the variables get their names: a PATH of the repository's, or a library to
 * preload, must not reach a program that runs as the platform.
 */
const start = `umask 022
causeway_next=0
while [ "$causeway_next" -lt "$CAUSEWAY_COUNT" ]; do
  eval "export \\"\\$CAUSEWAY_VARIABLE_$causeway_next\\"; unset CAUSEWAY_VARIABLE_$causeway_next"
  causeway_next=$((causeway_next + 1))
done
unset causeway_next CAUSEWAY_COUNT
cd -- "$2" || exit 125
exec /bin/sh -c "$1"`;

const encoded = (variables: Readonly<Record<string, string>>): Record<string, string> => {
  const entries = Object.entries(variables).map(([name, value], at) => [
    `CAUSEWAY_VARIABLE_${at}`,
    `${name}=${value}`,
  ]);
  return { CAUSEWAY_COUNT: String(entries.length), ...Object.fromEntries(entries) };
};

const enterNamespaces = (table: string): string[] => [
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--propagation=slave',
  '--',
  '/bin/sh',
  shimFile,
  'enter',
  table,
];

const limited = (account: Account): string[] => [
  'prlimit',
  `--nproc=${mostProcesses}`,
  '--core=0',
  '--',
  ...becomeUser(account),
];

/** What stands before the shell, outermost first. */
const launcher = (command: ConfinedCommand): string[] => {
  const { confinement, account, buildFolder, folder, readable, writable } = command;
  const { isolation, hidden } = confinement;
  const closed = account
    ? closedFolders(
        [folder, ...readable, ...writable].map(path => join(path, 'x')),
        account,
      )
    : [];
  const covers = () =>
    planCovers({ hidden: [...hidden, ...closed], readable, writable, tmp: join(buildFolder, 'tmp') });
  if (isolation === 'bubblewrap')
    return [
      'bwrap',
      ...bubblewrapArguments(covers()),
      '--unshare-pid',
      '--unshare-ipc',
      '--die-with-parent',
      '--',
    ];
  if (!account) return [];
  if (isolation === 'namespaces') {
    const table = join(buildFolder, 'mounts');
    writeFileSync(table, mountTable(covers(), join(buildFolder, 'view')), { mode: 0o600 });
    return [...enterNamespaces(table), ...limited(account)];
  }
  if (closed.length === 0) return limited(account);
  throw new PlatformError(
    'DataUnusable',
    `Builds run as user ${account.uid}, who may not enter ${closed.join(', ')}.`,
    {
      next: `Allow everybody to pass through (chmod o+x ${closed[0]}), or choose another folder with --data.`,
    },
  );
};

/** Whether all that a command starts ends with it. */
export const endsAsWhole = ({ isolation }: Confinement): boolean => isolation === 'namespaces';

/** How to run a line of the owner's so that it sees its own things and none of the platform's. Writes what that needs into the build's folder. */
export const confinedCommand = (command: ConfinedCommand): Invocation => {
  const [program = '', ...args] = [
    ...launcher(command),
    '/bin/sh',
    '-c',
    start,
    'sh',
    command.line,
    command.folder,
  ];
  const marker = { [markerVariable]: command.buildFolder };
  return { program, args, environment: { ...shimEnvironment, ...marker, ...encoded(command.variables) } };
};
