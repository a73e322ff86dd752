import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload, WorkloadState } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import type { Cgroup } from './cgroup.ts';
import type { Isolation } from './isolation.ts';

/** What is known of a workload, on disk: the next agent goes on from here. Times are RFC 3339. */
export interface WorkloadRecord {
  readonly format: 1;
  readonly workload: Workload;
  /** Whether it is to run; `false` from the moment somebody asks it to stop. */
  readonly wanted: boolean;
  readonly state: WorkloadState;
  /** How often it was started; names the shim's files (`exit.3`). 0: never. */
  readonly run: number;
  /** The last run whose end has been dealt with. */
  readonly endedRun: number;
  /** It has been ready once, so it is restarted for ever. */
  readonly everReady: boolean;
  /** Ends since it last ran well. */
  readonly endsInARow: number;
  readonly isolation?: Isolation;
  /** The user it runs as, when that is its team's own. */
  readonly uid?: number;
  readonly port?: number;
  readonly cgroup?: Cgroup;
  /** Of the present run: where in the log it began, and how often the kernel had ended something for want of memory. */
  readonly logOffset?: number;
  readonly oomKills?: number;
}

const fileName = 'workload.json';
const safeId = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

export const workloadsFolder = (data: string): string => join(data, 'workloads');

export const workloadFolder = (data: string, id: string): string => {
  if (!safeId.test(id)) throw new PlatformError('Invalid', `${JSON.stringify(id)} cannot name a workload.`);
  return join(workloadsFolder(data), id);
};

export const newRecord = (workload: Workload): WorkloadRecord => ({
  format: 1,
  workload,
  wanted: true,
  state: { id: workload.id, phase: 'Starting', restarts: 0 },
  run: 0,
  endedRun: 0,
  everReady: false,
  endsInARow: 0,
});

/**
 * Replaces the record in one step. Synchronous, so that what is written is in the order of what happens; not flushed to
 * the disk, since after a crash of the machine nothing of it runs.
 */
export const writeRecord = (folder: string, record: WorkloadRecord): void => {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const file = join(folder, fileName);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

const readRecord = (folder: string): WorkloadRecord | undefined => {
  try {
    const record = JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as WorkloadRecord;
    return record.format === 1 ? record : undefined;
  } catch {
    return undefined;
  }
};

/** All records of a DATA folder. One that cannot be read is left out: whoever wants the workload starts it anew. */
export const readRecords = (data: string): WorkloadRecord[] => {
  try {
    return readdirSync(workloadsFolder(data), { withFileTypes: true })
      .filter(entry => entry.isDirectory() && safeId.test(entry.name))
      .flatMap(entry => readRecord(join(workloadsFolder(data), entry.name)) ?? [])
      .filter(({ workload }) => safeId.test(workload.id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
