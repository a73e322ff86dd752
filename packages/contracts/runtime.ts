import type { FailureReport, HttpSettings, Resources } from '@causeway/model';

/** What a runtime must run. The same id always has the same content. */
export interface Workload {
  /** Stable and unique: the replica's uid. */
  readonly id: string;
  readonly team: string;
  readonly service: string;
  /** For logs: `payments-api.production.17-web-0`. */
  readonly name: string;
  readonly mode: 'service' | 'once';
  /** A shell command line, as in a Procfile. */
  readonly command: string;
  /** Content address of what is run. */
  readonly artifact: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly resources: Resources;
  /** Set for processes that listen. */
  readonly http?: HttpSettings;
  /** For mode once: the longest it may take, milliseconds. */
  readonly timeoutMs?: number;
}

export interface WorkloadState {
  readonly id: string;
  readonly phase: 'Starting' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopping' | 'Stopped';
  /** host:port, once known. */
  readonly address?: string;
  readonly pid?: number;
  readonly restarts: number;
  readonly exitCode?: number;
  readonly startedAt?: string;
  readonly readyAt?: string;
  /** Why it is not ready, with evidence: exit code, last lines, the port it listens on instead. */
  readonly failure?: FailureReport;
  /** `false` when the machine could not separate it from the platform's own files. */
  readonly isolated?: boolean;
}

/**
 * Runs workloads. Idempotent; state survives the caller's death: a new instance over the same
 * folder or cluster finds what runs. `service` workloads restart with backoff when they end.
 */
export interface Runtime {
  /** Starts the workload, or adopts it when it already runs. Resolves when the start is under way, not when it is ready. */
  start(workload: Workload, signal: AbortSignal): Promise<void>;
  /** Asks to end, waits up to `graceMs`, then forces. Resolves when nothing of it runs. */
  stop(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Forgets a stopped workload and what it left on the machine, logs excepted. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** All known workloads now. */
  list(): Promise<readonly WorkloadState[]>;
  /** Every change of state, from now until the signal ends it. */
  changes(signal: AbortSignal): AsyncIterable<WorkloadState>;
}
