import type { WorkloadState } from '@causeway/contracts';
import type { FailureReport } from '@causeway/model';
import type { WorkloadRecord } from './workload-record.ts';

type Transition<Args extends unknown[]> = (record: WorkloadRecord, ...args: Args) => WorkloadRecord;
type Field = keyof WorkloadState;

/** The state with changes, and without the fields that are no longer true. */
const changed = (
  record: WorkloadRecord,
  change: Partial<WorkloadState>,
  ...gone: readonly Field[]
): WorkloadState => {
  const kept = Object.entries(record.state).filter(([field]) => !gone.includes(field as Field));
  return { ...(Object.fromEntries(kept) as unknown as WorkloadState), ...change };
};

export const started: Transition<[at: string, isolated: boolean]> = (record, at, isolated) => ({
  ...record,
  run: record.run + 1,
  state: changed(record, { phase: 'Starting', startedAt: at, isolated }, 'address', 'pid', 'readyAt'),
});

export const running: Transition<[pid: number]> = (record, pid) => ({
  ...record,
  state: changed(record, { pid }),
});

export const becameReady: Transition<[at: string, address?: string]> = (record, at, address) => ({
  ...record,
  everReady: true,
  state: changed(
    record,
    { phase: 'Ready', readyAt: at, ...(address === undefined ? {} : { address }) },
    'failure',
    'exitCode',
  ),
});

export const lostReadiness: Transition<[failure: FailureReport]> = (record, failure) => ({
  ...record,
  state: changed(record, { phase: 'Starting', failure }, 'readyAt'),
});

/** A run has ended and another follows. */
export const willRestart: Transition<
  [failure: FailureReport, exitCode: number | undefined, endsInARow: number]
> = (record, failure, exitCode, endsInARow) => ({
  ...record,
  endedRun: record.run,
  endsInARow,
  state: changed(
    record,
    {
      phase: 'Starting',
      restarts: record.state.restarts + 1,
      failure,
      ...(exitCode === undefined ? {} : { exitCode }),
    },
    'address',
    'pid',
    'readyAt',
    'exitCode',
  ),
});

/** It has run to its end, or is not tried again. */
export const settled: Transition<
  [phase: 'Succeeded' | 'Failed', exitCode: number | undefined, failure: FailureReport | undefined]
> = (record, phase, exitCode, failure) => ({
  ...record,
  endedRun: record.run,
  state: changed(
    record,
    { phase, ...(exitCode === undefined ? {} : { exitCode }), ...(failure === undefined ? {} : { failure }) },
    'address',
    'pid',
    'readyAt',
    'exitCode',
    'failure',
  ),
});

export const stopping: Transition<[]> = record => ({
  ...record,
  wanted: false,
  state: changed(record, { phase: 'Stopping' }, 'readyAt'),
});

export const stopped: Transition<[]> = record => ({
  ...record,
  wanted: false,
  endedRun: record.run,
  state: changed(record, { phase: 'Stopped' }, 'address', 'pid', 'readyAt'),
});

/** As new, but with its history of runs, whose files still lie there. */
export const wantedAgain: Transition<[]> = record => ({
  ...record,
  wanted: true,
  everReady: false,
  endsInARow: 0,
  state: { id: record.state.id, phase: 'Starting', restarts: 0 },
});

/** Nothing happens to it by itself any more. */
export const isFinal = ({ state }: WorkloadRecord): boolean =>
  state.phase === 'Succeeded' || state.phase === 'Failed' || state.phase === 'Stopped';
