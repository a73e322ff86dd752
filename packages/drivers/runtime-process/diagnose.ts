import { constants } from 'node:os';
import { catalogue, type ErrorCode, type FailureReport } from '@causeway/model';
import type { Listener } from './listening-ports.ts';
import { findMissingVariable } from './missing-variable.ts';
import type { ProbeResult } from './probe.ts';

const report = (
  code: ErrorCode,
  message: string,
  evidence: readonly string[],
  next?: string,
): FailureReport => ({
  code,
  message,
  evidence: [...evidence],
  next: next ?? catalogue[code].next,
});

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** A shell says 128 + signal for a program that a signal ended (POSIX, "Exit Status for Commands"). */
const howItEnded = (code: number | undefined): string => {
  if (code === undefined) return 'ended, and its exit code is not known';
  const signal = code > 128 ? signalNames.get(code - 128) : undefined;
  return signal === undefined ? `ended with exit code ${code}` : `was ended by ${signal} (exit code ${code})`;
};

/** What runtimes print when their own limit of memory, or the machine's, is reached. */
const outOfMemory =
  /JavaScript heap out of memory|^MemoryError\b|java\.lang\.OutOfMemoryError|^fatal error: runtime: out of memory|^runtime: out of memory/;

/** Reserved for the shim: what stands between the platform and the program could not be set up. */
const shimFailed = 125;
const notExecutable = 126;
const notFound = 127;

export interface EndOfProcess {
  /** `undefined` when nobody saw the end, as when the machine was restarted. */
  readonly exitCode: number | undefined;
  /** The kernel ended something of it because its memory was used up. */
  readonly oomKilled: boolean;
  readonly command: string;
  readonly memory: string;
  readonly lastLines: readonly string[];
  readonly everReady: boolean;
}

/** Why a process ended that should not have. */
export const diagnoseEnd = (end: EndOfProcess): FailureReport => {
  const { exitCode, lastLines, command, memory } = end;
  const memoryLine = lastLines.find(line => outOfMemory.test(line));
  if (end.oomKilled || memoryLine !== undefined)
    return report(
      'OutOfMemory',
      `The process needed more than its ${memory} of memory and was ended.`,
      lastLines,
    );
  if (exitCode === shimFailed)
    return report(
      'StartFailed',
      'The process could not be set apart from the platform, so it was not started.',
      lastLines,
    );
  if (exitCode === notFound)
    return report('StartFailed', `The start command was not found: ${command}`, lastLines);
  if (exitCode === notExecutable)
    return report('StartFailed', `The start command cannot be executed: ${command}`, lastLines);
  const missing = exitCode === 0 ? undefined : findMissingVariable(lastLines);
  if (missing)
    return report('MissingVariable', `The variable ${missing.name} is not set.`, [
      missing.line,
      ...lastLines.slice(-5),
    ]);
  const when = end.everReady ? '' : ' before it was ready';
  return report('ProcessExited', `The process ${howItEnded(exitCode)}${when}.`, lastLines);
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

const place = ({ host, port }: Listener): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

export interface NotReady {
  readonly port: number;
  /** The port is not ours to choose: `spec.http.port`. */
  readonly fixed: boolean;
  readonly waitedMs: number;
  readonly probe: ProbeResult;
  readonly listeners: readonly Listener[];
  readonly lastLines: readonly string[];
}

/** Why a process that runs does not serve. */
export const diagnoseNotReady = (found: NotReady): FailureReport => {
  const { probe, port, listeners, lastLines } = found;
  const expected = found.fixed ? `port ${port} (spec.http.port)` : `PORT=${port}`;
  const within = `within ${seconds(found.waitedMs)}`;
  switch (probe.kind) {
    case 'unhealthy':
      return report('Unhealthy', `GET ${probe.path} was answered with ${probe.status} ${within}.`, [
        ...(probe.body === '' ? [] : [`The answer begins: ${probe.body}`]),
        ...lastLines,
      ]);
    case 'silent':
      return report(
        'Unhealthy',
        `The process accepts connections on ${expected}, but does not answer ${within}.`,
        lastLines,
      );
    case 'broken':
      return report(
        'Unhealthy',
        `The process listens on ${expected}, but does not answer as an HTTP server (${probe.message}).`,
        lastLines,
        'If it does not speak HTTP, set spec.http.readiness to tcp.',
      );
    default:
      return diagnoseNotListening(expected, within, port, listeners, lastLines);
  }
};

const diagnoseNotListening = (
  expected: string,
  within: string,
  port: number,
  listeners: readonly Listener[],
  lastLines: readonly string[],
): FailureReport => {
  const elsewhere = listeners.find(listener => listener.port === port);
  if (elsewhere)
    return report(
      'NotListening',
      `The process listens on ${place(elsewhere)}, which is not reachable as 127.0.0.1:${port}.`,
      lastLines,
      'Listen on 0.0.0.0 or 127.0.0.1.',
    );
  const other = listeners[0];
  if (other)
    return report('WrongPort', `The process listens on ${other.port} instead of ${expected}.`, [
      ...listeners.map(listener => `It listens on ${place(listener)}.`),
      ...lastLines,
    ]);
  return report(
    'NotListening',
    `The process runs, but listened on no port ${within}; expected was ${expected}.`,
    lastLines,
  );
};
