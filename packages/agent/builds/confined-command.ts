import { type Account, closedFolders, openFolders } from '@causeway/drivers';
import { PlatformError } from '@causeway/model';

export interface ConfinedCommand {
  /** A shell line of the repository's owner. */
  readonly line: string;
  readonly folder: string;
  /** Folders that the program must be able to enter. */
  readonly reach: readonly string[];
  /** `undefined`: as the user that this process is. */
  readonly account: Account | undefined;
  /** Whether process and mount namespaces can be made. */
  readonly namespaces: boolean;
}

/** Ends fork bombs; counted over all processes of the account. */
const mostProcesses = 4096;

/**
 * The arguments that run a line as the account: without rights, in a process namespace where there can be one, so that nothing survives
 * its first process, and with a way through folders that are closed to it, such as the home of the user who runs the platform.
 */
export const confinedCommand = ({ line, folder, reach, account, namespaces }: ConfinedCommand): string[] => {
  const shell = ['sh', '-c', line];
  if (!account) return shell;
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const rights = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'];
  const limits = ['prlimit', `--nproc=${mostProcesses}`, '--core=0', '--'];
  const dropped = [...limits, 'setpriv', ...ids, ...rights, '--', ...shell];
  const closed = closedFolders([`${folder}/x`, ...reach.map(path => `${path}/x`)], account);
  if (namespaces) {
    const enter = openFolders(closed, [folder, ...reach], folder, dropped);
    return ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...enter];
  }
  if (closed.length > 0)
    throw new PlatformError(
      'DataUnusable',
      `Builds run as user ${account.uid}, who may not enter ${closed.join(', ')}.`,
      {
        next: `Allow everybody to pass through (chmod o+x ${closed[0]}), or choose another folder with --data.`,
      },
    );
  return dropped;
};
