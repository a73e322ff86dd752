import type { WorkloadState } from '@causeway/contracts';
import { type Replica, withCondition } from '@causeway/model';

type Status = NonNullable<Replica['status']>;

/** A replica’s status as its workload stands; a field that no longer holds is `null`, as merge patches remove fields. */
export const replicaStatus = (
  replica: Replica,
  state: WorkloadState,
  agent: string,
  now: string,
): Record<string, unknown> => {
  const isolated =
    state.isolated === false
      ? {
          type: 'Isolated',
          status: 'False' as const,
          reason: 'NotIsolated',
          message:
            'This machine could not separate the process from the platform’s files; see platform doctor.',
        }
      : {
          type: 'Isolated',
          status: 'True' as const,
          reason: 'Isolated',
          message: 'It runs apart from the platform’s files.',
        };
  return {
    phase: state.phase,
    agent,
    address: state.address ?? null,
    pid: state.pid ?? null,
    restarts: state.restarts,
    exitCode: state.exitCode ?? null,
    startedAt: state.startedAt ?? null,
    readyAt: state.readyAt ?? null,
    failure: state.failure ?? null,
    conditions:
      state.isolated === undefined
        ? (replica.status?.conditions ?? null)
        : withCondition(replica.status?.conditions, isolated, now),
  };
};

/** Whether the object already says so. */
export const says = (status: Status | undefined, wanted: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(wanted).every(
    ([field, value]) =>
      JSON.stringify((status as Record<string, unknown> | undefined)?.[field] ?? null) ===
      JSON.stringify(value),
  );
