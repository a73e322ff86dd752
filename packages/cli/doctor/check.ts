import type { Client } from '@causeway/client';

/** `warning`: something works less well, or not for everybody. `problem`: something does not work. */
export type FindingState = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  readonly state: FindingState;
  /** One sentence. */
  readonly message: string;
  readonly evidence?: readonly string[];
  /** What to do about it. */
  readonly fix?: string;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid?: number;
  readonly state: string;
}

/** What all checks look at. */
export interface Examined {
  /** The platform's folder. */
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts when a check takes too long. */
  readonly signal: AbortSignal;
  /** API, portal and git; the gateway is ten above. */
  readonly port: number;
  readonly team: string;
  /** The platform's processes on this machine; `undefined` when `up` does not run here. */
  readonly processes?: readonly RunningProcess[];
  /** `undefined` when no platform is known, or it does not answer. */
  readonly client?: Client;
}

/** Looks at one thing, and changes nothing. Several findings when one thing has several sides. */
export interface Check {
  readonly name: string;
  run(examined: Examined): Promise<Finding | readonly Finding[]>;
}

export const ok = (message: string): Finding => ({ state: 'ok', message });

export const skipped = (message: string): Finding => ({ state: 'skipped', message });

export const warning = (message: string, fix: string, evidence: readonly string[] = []): Finding => ({
  state: 'warning',
  message,
  fix,
  evidence,
});

export const problem = (message: string, fix: string, evidence: readonly string[] = []): Finding => ({
  state: 'problem',
  message,
  fix,
  evidence,
});

export const needsPlatform = skipped('No platform answers.');
