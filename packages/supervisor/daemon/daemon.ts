import { setTimeout as sleep } from 'node:timers/promises';
import { releaseLock, takeLock } from '../data/lock.ts';
import { rotateLogs } from '../data/logs.ts';
import { dataPaths } from '../data/paths.ts';
import { type PlatformState, readState, writeState } from '../data/platform-state.ts';
import { ownIdentity } from '../processes/identity.ts';
import { stopPlatform } from '../shutdown/stop-platform.ts';
import { removeUnusedVersions, setCurrent } from '../versions/version.ts';
import { ManagedProcess } from './managed-process.ts';
import { type ProgramSettings, platformPrograms } from './programs.ts';

/** What replaces a version first: what the others ask. */
const upgradeOrder = ['server', 'agent', 'gateway'] as const;
const ROTATE_EVERY_MS = 60_000;
/** Old code is removed when the gateway that ran it has answered its last request. */
const REMOVE_AFTER_MS = [0, 1_000, 15_000];

export interface DaemonOptions extends ProgramSettings {
  readonly log: (line: string) => void;
}

/** What a signal asks of the supervisor: to end the platform, or to make way for another supervisor. */
export type Ending = 'stop' | 'leave';

/**
 * Keeps the platform in DATA running until it is told to end. What runs already is taken over; what runs another
 * version is replaced, one after the other. Resolves at once when another supervisor has this DATA.
 */
export const runDaemon = async (options: DaemonOptions, ending: Promise<Ending>): Promise<void> => {
  const { data, port, version, log } = options;
  const paths = dataPaths(data);
  const holder = await takeLock(paths.lock);
  if (holder !== undefined) return log(`another supervisor has this folder: process ${holder.pid}`);

  const previous = await readState(data);
  await setCurrent(data, version);
  const stopping = new AbortController();
  const processes = platformPrograms(options).map(
    program =>
      new ManagedProcess(
        program,
        previous?.processes.find(({ name }) => name === program.name),
        { changed: () => void save(), log },
      ),
  );
  const stateNow = (): PlatformState => ({
    format: 1,
    port,
    version,
    database: options.databaseUrl === undefined ? 'embedded' : 'external',
    supervisor: ownIdentity(),
    processes: processes.map(({ record }) => record),
  });
  let saving = Promise.resolve();
  const save = (): Promise<void> => {
    saving = saving.then(() => writeState(data, stateNow())).catch(error => log(`state: ${error.message}`));
    return saving;
  };
  await save();

  const { signal } = stopping;
  const work = [
    ...processes.map(process => process.run(signal)),
    upgrade(options, processes, signal).catch(error => signal.aborted || log(`upgrade: ${error.message}`)),
    rotate(data, signal, log),
  ];
  const wish = await ending;
  log(wish === 'stop' ? 'stopping everything' : 'making way');
  stopping.abort();
  await Promise.all(work);
  await saving;
  const { supervisor: _own, ...last } = stateNow();
  if (wish === 'leave') {
    await writeState(data, last);
  } else {
    await writeState(data, {
      ...stateNow(),
      processes: last.processes.map(one => ({ ...one, state: 'stopping' })),
    });
    const problems = await stopPlatform(data, last);
    for (const problem of problems) log(`stopping: ${problem}`);
    const stopped = last.processes.map(({ identity: _identity, ...one }) => ({
      ...one,
      state: 'stopped' as const,
    }));
    await writeState(data, { ...last, processes: problems.length > 0 ? last.processes : stopped });
  }
  await releaseLock(paths.lock);
};

const upgrade = async (
  { data, version }: DaemonOptions,
  processes: readonly ManagedProcess[],
  signal: AbortSignal,
): Promise<void> => {
  for (const process of processes) await process.untilRunning(signal);
  for (const name of upgradeOrder) {
    const process = processes.find(({ record }) => record.name === name);
    if (process !== undefined && !process.isCurrent) await process.replace(signal);
  }
  for (const pause of REMOVE_AFTER_MS) {
    await sleep(pause, undefined, { signal });
    await removeUnusedVersions(data, version);
  }
};

const rotate = async (data: string, signal: AbortSignal, log: (line: string) => void): Promise<void> => {
  while (!signal.aborted) {
    await rotateLogs(data).catch(error => log(`logs: ${error.message}`));
    await sleep(ROTATE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
};
