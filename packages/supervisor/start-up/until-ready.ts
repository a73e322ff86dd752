import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import { lockHolder } from '../data/lock.ts';
import { lastLines, sizeOf } from '../data/logs.ts';
import { dataPaths, logFile } from '../data/paths.ts';
import {
  type PlatformState,
  type ProcessName,
  type ProcessRecord,
  processNames,
  readState,
} from '../data/platform-state.ts';
import { isAlive } from '../processes/identity.ts';

const WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 20;
/** A process that did not get ready so often in a row will not. */
const FAILURES = 2;

const labels: Readonly<Record<ProcessName, string>> = {
  postgres: 'PostgreSQL',
  server: 'API, portal and git',
  gateway: 'Gateway',
  agent: 'Agent',
};

/** How long each log was when `up` began: what came before is no evidence. */
export type LogSizes = Readonly<Record<string, number>>;

export const logSizes = async (data: string): Promise<LogSizes> =>
  Object.fromEntries(
    await Promise.all(
      ['supervisor', ...processNames].map(async name => [name, await sizeOf(logFile(data, name))]),
    ),
  );

interface Options {
  readonly data: string;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly progress: (line: string) => void;
  readonly logsFrom: LogSizes;
}

/**
 * Resolves when every process of this version runs. Throws `StartupFailed` with the log of the one that does not.
 * `undefined`: no supervisor is there (any more).
 */
export const untilReady = async (options: Options): Promise<PlatformState | undefined> => {
  const { data, version, signal, progress } = options;
  const deadline = performance.now() + WITHIN_MS;
  const told = new Set<string>();
  for (;;) {
    const state = await readState(data);
    const supervised =
      state?.supervisor !== undefined && isAlive(state.supervisor) && state.version === version;
    const processes = supervised ? state.processes : [];
    for (const process of processes) {
      if (!isWell(process, version) || told.has(process.name)) continue;
      told.add(process.name);
      progress(labels[process.name]);
    }
    if (supervised && processes.every(process => isWell(process, version))) return state;
    if (!supervised && (await lockHolder(dataPaths(data).lock)) === undefined) return undefined;
    const failed = processes.find(({ failures }) => failures >= FAILURES);
    if (failed !== undefined) throw await startupFailure(options, failed.name, 'ended while starting');
    if (performance.now() > deadline) {
      const slow = processes.find(process => !isWell(process, version));
      throw await startupFailure(options, slow?.name, `was not ready within ${WITHIN_MS / 1000} s`);
    }
    await sleep(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
  }
};

const isWell = ({ name, state, identity, version: runs }: ProcessRecord, version: string): boolean =>
  state === 'running' &&
  identity !== undefined &&
  isAlive(identity) &&
  (name === 'postgres' || runs === version);

/** The error for a process, the supervisor where none is named: with what its log says since `up` began. */
export const startupFailure = async (
  { data, logsFrom }: Pick<Options, 'data' | 'logsFrom'>,
  name: ProcessName | undefined,
  what: string,
): Promise<PlatformError> => {
  const label = name === undefined ? 'The supervisor' : labels[name];
  const files = name === undefined || name === 'postgres' ? ['supervisor', 'postgres'] : [name];
  const lines = await Promise.all(files.map(file => lastLines(logFile(data, file), 15, logsFrom[file])));
  const where = logFile(data, name ?? 'supervisor');
  return new PlatformError('StartupFailed', `${label} ${what}.`, {
    evidence: [...lines.flat(), `log: ${where}`],
  });
};
