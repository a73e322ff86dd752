import type { ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PlatformError } from '@causeway/model';
import type { Account } from '../isolation/closed-folders.ts';
import { teamUid } from '../isolation/team-uid.ts';
import { logPath } from '../log-files/log-path.ts';
import { cgroupFor, freeCpu, oomKills, removeCgroup } from './cgroup.ts';
import { shellLine } from './command-line.ts';
import { dependencyFolders } from './dependency-folders.ts';
import type { Machine } from './machine.ts';
import { ownCopy } from './own-copy.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { markerVariable } from './process-tree.ts';
import { prepareSandbox } from './sandbox.ts';
import { writeOrders } from './shim-orders.ts';
import { encodeEnvironment, workloadEnvironment } from './workload-environment.ts';
import { type WorkloadRecord, workloadFolder, writeRecord } from './workload-record.ts';
import { started } from './workload-transitions.ts';

export interface Launched {
  readonly record: WorkloadRecord;
  readonly shim: ProcessIdentity | undefined;
  readonly child: ChildProcess;
}

export const logOf = (machine: Machine, { workload }: WorkloadRecord): string =>
  logPath(machine.data, { kind: 'replica', namespace: workload.team, name: workload.name });

/** Whom workloads of a team run as; `undefined`: as the platform's own user, who cannot choose. */
const accountOf = async ({ data, isolation }: Machine, team: string): Promise<Account | undefined> => {
  if (isolation !== 'namespaces' && isolation !== 'user') return undefined;
  const uid = await teamUid(data, team);
  return { uid, gid: uid };
};

const artifactFolder = (machine: Machine, digest: string): string => {
  const folder = join(machine.data, 'artifacts', digest);
  if (/^[0-9a-f]{64}$/.test(digest) && statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return realpathSync(folder);
  throw new PlatformError(
    'StartFailed',
    `The artifact ${digest.slice(0, 12)} is not on this machine any more.`,
    {
      next: 'Run `platform deploy` to build it again.',
    },
  );
};

/** Folders of the workload's own, writable for it, kept over restarts. */
const makeOwnFolders = (own: string, account: Account | undefined) => {
  const folders = { home: join(own, 'home'), tmp: join(own, 'tmp') };
  const made = mkdirSync(own, { recursive: true, mode: 0o711 });
  for (const folder of Object.values(folders)) {
    if (statSync(folder, { throwIfNoEntry: false })) continue;
    mkdirSync(folder, { mode: 0o700 });
    if (account) chownSync(folder, account.uid, account.gid);
  }
  return { ...folders, isNew: made !== undefined };
};

/** Opened to append, so that several writers and a rotation do not spoil each other's lines. */
const openLog = (path: string, account: Account | undefined): number => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const log = openSync(path, 'a', 0o600);
  if (account) {
    // Programs open /dev/stdout anew, so the file must let their group write.
    fchownSync(log, 0, account.gid);
    fchmodSync(log, 0o620);
  }
  return log;
};

const choosePort = async (
  machine: Machine,
  { workload, port }: WorkloadRecord,
): Promise<number | undefined> => {
  if (workload.http === undefined) return undefined;
  const fixed = workload.http.port;
  if (fixed === undefined) return machine.ports.take(workload.id, port);
  await machine.ports.insist(fixed, workload.id, machine.nameOf);
  return fixed;
};

const forgetRun = (own: string, run: number): void => {
  for (const file of ['process', 'main', 'exit']) rmSync(join(own, `${file}.${run}`), { force: true });
};

/**
 * Starts a workload once more. What is needed to find it again is on disk before it runs. Rejects with PlatformError
 * when it cannot be started.
 */
export const launch = async (machine: Machine, before: WorkloadRecord, now: string): Promise<Launched> => {
  const { workload } = before;
  const own = workloadFolder(machine.data, workload.id);
  const artifact = artifactFolder(machine, workload.artifact);
  const account = await accountOf(machine, workload.team);
  const port = await choosePort(machine, before);
  const { home, tmp, isNew } = makeOwnFolders(own, account);
  const folder = await ownCopy(artifact, join(realpathSync(own), 'app'), account);
  const readable = dependencyFolders(artifact, join(machine.data, 'dependencies'));
  const sandbox = prepareSandbox(machine, { own, folder, readable, home, tmp, account });
  const variables = workloadEnvironment(workload, {
    folder,
    home,
    tmp: sandbox.tmp,
    path: machine.path,
    ...(port === undefined ? {} : { port }),
  });
  const cgroup = machine.hierarchy && cgroupFor(machine.hierarchy, workload.id);
  if (cgroup) freeCpu(cgroup);
  // The agent of the run before may have been in another place of the hierarchy.
  if (before.cgroup && JSON.stringify(before.cgroup) !== JSON.stringify(cgroup))
    await removeCgroup(before.cgroup);

  const log = openLog(logOf(machine, before), account);
  try {
    const next = started(before, now, sandbox.isolation !== 'none');
    const record: WorkloadRecord = {
      ...next,
      isolation: sandbox.isolation,
      logOffset: fstatSync(log).size,
      ...(account ? { uid: account.uid } : {}),
      ...(port === undefined ? {} : { port }),
      ...(cgroup ? { cgroup, oomKills: oomKills(cgroup) } : {}),
    };
    // The count of runs may begin anew in a folder that was there: what answers for this run is of this run.
    if (!isNew) for (const run of [before.run, record.run]) forgetRun(own, run);
    writeRecord(own, record);
    writeOrders(own, {
      run: record.run,
      log: logOf(machine, before),
      mounts: sandbox.mounts,
      folder,
      command: shellLine(workload.command),
      launcher: sandbox.launcher,
      variables: { [markerVariable]: workload.id, ...encodeEnvironment(variables) },
    });
    const { child, identity } = await machine.shims.take();
    child.stdin?.end(`${workload.id}\n`);
    return { record, child, shim: identity };
  } finally {
    closeSync(log);
  }
};
