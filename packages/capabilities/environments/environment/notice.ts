import { createHash } from 'node:crypto';
import type { Notice } from '@causeway/contracts';
import type { Environment } from '@causeway/model';

type Happening = 'cleanup' | 'expiring';

/** What happened to an environment, for programs elsewhere. `of` tells one happening from another of the same type. */
export const noticeOf = (
  { metadata, spec, status }: Environment,
  happening: Happening,
  of: string,
  more: Readonly<Record<string, unknown>> = {},
): Notice => ({
  id: createHash('sha256').update(`${metadata.uid}\n${happening}\n${of}`).digest('hex').slice(0, 32),
  type: `dev.causeway.environment.${happening}`,
  source: `/teams/${metadata.namespace}/environments/${metadata.name}`,
  time: metadata.deletionTimestamp ?? spec.startsAt ?? metadata.creationTimestamp,
  data: {
    team: metadata.namespace,
    environment: metadata.name,
    purpose: spec.purpose,
    services: (spec.services ?? []).map(({ name }) => name),
    urls: status?.urls ?? {},
    expiresAt: status?.expiresAt,
    ...more,
  },
});
