import { z } from 'zod';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

export const RolloutKind = defineKind({
  kind: 'Rollout',
  plural: 'rollouts',
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'Which release of a service an environment should serve, and how far that has come. Named SERVICE.ENVIRONMENT.',
  spec: z.object({
    service: z.string(),
    environment: z.string(),
    release: z.string().meta({ description: 'The release that should serve.' }),
    sequence: z.int().meta({ description: 'The push or deploy that asked for it.' }),
    requestedBy: z.string(),
    attempt: z.int().default(1).meta({ description: 'Raised to try the same release again.' }),
    pin: z
      .object({
        sequence: z
          .int()
          .meta({ description: 'Only a push or deploy with a higher sequence moves the rollout again.' }),
        reason: z.string(),
        by: z.string(),
        at: z.string(),
      })
      .optional()
      .meta({ description: 'Set by a rollback, so that it holds.' }),
  }),
  status: z.object({
    phase: z.enum(['Starting', 'Switching', 'Checking', 'Draining', 'Serving', 'Failed']).optional(),
    target: z
      .object({
        release: z.string(),
        sequence: z.int(),
        attempt: z.int(),
        startedAt: z.string(),
        configuration: z.string(),
      })
      .optional()
      .meta({
        description:
          'The attempt the phase speaks of. configuration is a digest of all that replicas are made from.',
      }),
    serving: z
      .object({ release: z.string(), configuration: z.string(), since: z.string() })
      .optional()
      .meta({ description: 'What takes traffic now.' }),
    failed: z
      .object({
        release: z.string(),
        configuration: z.string(),
        sequence: z.int(),
        attempt: z.int(),
        failure: FailureSchema,
      })
      .optional()
      .meta({ description: 'The last attempt that failed; not tried again until asked.' }),
    readyReplicas: z.int().optional(),
    conditions: Conditions.optional(),
  }),
  selectableFields: ['spec.service', 'spec.environment'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Environment', path: '.spec.environment', type: 'string' },
    { name: 'Release', path: '.spec.release', type: 'string' },
    { name: 'Serving', path: '.status.serving.release', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Rollout = ObjectOf<typeof RolloutKind>;
