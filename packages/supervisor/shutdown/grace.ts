import type { ProcessName } from '../data/platform-state.ts';

/** How long each process may take to end when it is asked to: a little longer than it allows itself. Milliseconds. */
export const graceMs: Readonly<Record<ProcessName, number>> = {
  gateway: 15_000,
  agent: 35_000,
  server: 10_000,
  postgres: 20_000,
};
