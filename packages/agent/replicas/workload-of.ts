import type { Workload } from '@causeway/contracts';
import { durationMs, type Replica } from '@causeway/model';

/** What the runtime is to run for a replica. The replica’s uid is the workload’s id, so one made anew is another. */
export const workloadOf = ({ metadata, spec }: Replica): Workload => ({
  id: metadata.uid,
  team: metadata.namespace ?? '',
  service: spec.service,
  name: metadata.name,
  mode: spec.mode,
  command: spec.command,
  artifact: spec.artifact.digest,
  variables: { ...spec.artifact.variables, ...spec.variables },
  resources: spec.resources,
  ...(spec.http ? { http: spec.http } : {}),
  ...(spec.timeout ? { timeoutMs: durationMs(spec.timeout) } : {}),
});

const defaultGraceMs = 10_000;

/** How long a replica may take to end by itself. */
export const graceMs = ({ spec }: Replica): number =>
  spec.http ? durationMs(spec.http.drainTimeout) : defaultGraceMs;
