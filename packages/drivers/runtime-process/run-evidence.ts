import type { FailureReport, HttpSettings } from '@causeway/model';
import { diagnoseEnd, diagnoseNotReady } from './diagnose.ts';
import { evidenceLines } from './evidence-lines.ts';
import { logOf } from './launch.ts';
import { listenersOf } from './listening-ports.ts';
import type { Machine } from './machine.ts';
import type { ProbeResult } from './probe.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { sessionOf } from './process-tree.ts';
import type { WorkloadRecord } from './workload-record.ts';

const lastLinesOf = (machine: Machine, record: WorkloadRecord): Promise<string[]> =>
  evidenceLines(logOf(machine, record), record.logOffset ?? 0);

/** Of a run that has ended. */
export const whyEnded = async (
  machine: Machine,
  record: WorkloadRecord,
  exitCode: number | undefined,
  oomKilled: boolean,
): Promise<FailureReport> => {
  const { workload, everReady } = record;
  const { command, resources } = workload;
  const lastLines = await lastLinesOf(machine, record);
  return diagnoseEnd({ exitCode, oomKilled, command, memory: resources.memory, lastLines, everReady });
};

/** Of a run that goes on, by the last probe of it and by what it listens on. */
export const whyNotReady = async (
  machine: Machine,
  record: WorkloadRecord,
  shim: ProcessIdentity | undefined,
  http: HttpSettings,
  probe: ProbeResult,
  waitedMs: number,
): Promise<FailureReport> =>
  diagnoseNotReady({
    port: record.port ?? 0,
    fixed: http.port !== undefined,
    waitedMs,
    probe,
    listeners: listenersOf(shim ? sessionOf(shim) : []),
    lastLines: await lastLinesOf(machine, record),
  });

/** Of a run whose port somebody else was faster to listen on. */
export const whyForeign = async (machine: Machine, record: WorkloadRecord): Promise<FailureReport> => ({
  code: 'PortInUse',
  message: `Another program of this machine took port ${record.port} before this one listened on it.`,
  evidence: await lastLinesOf(machine, record),
  next:
    record.workload.http?.port === undefined
      ? 'Nothing needs to be done: it is started again at another port.'
      : 'Stop that program, or let this one read its port from PORT and remove spec.http.port.',
});

/** Of a command that goes on. */
export const whyTooLong = async (
  machine: Machine,
  record: WorkloadRecord,
  timeoutMs: number,
): Promise<FailureReport> => ({
  code: 'Timeout',
  message: `The command did not end within ${timeoutMs / 1000} s and was stopped.`,
  evidence: await lastLinesOf(machine, record),
  next: 'Make the command faster, or allow it more time.',
});
