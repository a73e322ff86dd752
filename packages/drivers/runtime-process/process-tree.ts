import { allPids, childrenOf, environmentOf, type ProcessStat, statOf } from './proc.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** Set for every process of a workload, so that those that left its session are found, too. */
export const markerVariable = 'CAUSEWAY_WORKLOAD';

export interface TreeQuery {
  readonly id: string;
  /** The shim: leader of the workload's session. It is not part of the answer. */
  readonly shim: ProcessIdentity | undefined;
  /** Processes that the workload's cgroup names. */
  readonly confined?: readonly number[];
}

/**
 * Every process of a workload that runs now: in its cgroup, in the shim's session or group, started with its marker,
 * or descending from one of these. The number of a session proves nothing once the shim is gone, as it may be
 * another's by then; the marker does.
 */
export const processesOf = ({ id, shim, confined = [] }: TreeQuery): number[] => {
  const session = shim && isAlive(shim) ? shim.pid : undefined;
  const inCgroup = new Set(confined);
  const marker = `${markerVariable}=${id}`;
  const running = allRunning();
  const isMember = (stat: ProcessStat): boolean =>
    inCgroup.has(stat.pid) ||
    (session !== undefined && (stat.session === session || stat.group === session)) ||
    environmentOf(stat.pid).includes(marker);

  return withDescendants(running, isMember, shim);
};

/** As `processesOf`, without those that left the session and lost their parent: a quicker look. */
export const sessionOf = (shim: ProcessIdentity): number[] =>
  isAlive(shim)
    ? withDescendants(allRunning(), stat => stat.session === shim.pid || stat.group === shim.pid, shim)
    : [];

/** What descends from the shim now, for the price of reading a few files; all of its session where there is no list of children. */
export const descendantsOf = (shim: ProcessIdentity): readonly number[] => {
  const first = isAlive(shim) ? childrenOf(shim.pid) : [];
  if (!first) return sessionOf(shim);
  const found = [...first];
  // Children of a thread other than the first are not listed here; they are found with the session.
  for (let at = 0; at < found.length; at++) found.push(...(childrenOf(found[at]!) ?? []));
  return found;
};

const allRunning = (): ProcessStat[] =>
  allPids()
    .map(statOf)
    .filter((stat): stat is ProcessStat => stat !== undefined && stat.state !== 'Z');

const withDescendants = (
  running: readonly ProcessStat[],
  isMember: (stat: ProcessStat) => boolean,
  shim: ProcessIdentity | undefined,
): number[] => {
  const members = new Set(running.filter(isMember).map(stat => stat.pid));
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const stat of running) if (members.has(stat.parent)) members.add(stat.pid);
  }
  if (shim && isAlive(shim)) members.delete(shim.pid);
  members.delete(process.pid);
  return [...members];
};

/** Signals a process that was just found. That it has ended meanwhile, or took another user's rights, is no error here. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
};
