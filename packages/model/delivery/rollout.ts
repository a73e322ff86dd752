import { z } from 'zod';
import { Resources } from '../catalog/service.ts';
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
    service: z.string().meta({ description: 'What is rolled out.' }),
    environment: z.string().meta({ description: 'Where.' }),
    release: z.string().meta({ description: 'The release that should serve.' }),
    sequence: z.int().meta({ description: 'The push or deploy that asked for it.' }),
    requestedBy: z.string().meta({ description: 'Who pushed or deployed it.' }),
    attempt: z.int().default(1).meta({ description: 'Raised to try the same release again.' }),
    settings: z
      .object({
        replicas: z.int().min(0).max(50).optional().meta({ description: 'How many of the web process.' }),
        variables: z
          .record(z.string(), z.string())
          .optional()
          .meta({ description: 'Win over what the service says.' }),
        resources: Resources.optional().meta({ description: 'The most that each replica may use.' }),
      })
      .optional()
      .meta({ description: 'What is other here than the service says.' }),
    asleep: z.boolean().optional().meta({
      description: 'Nothing runs; the gateway keeps the first request until it is awake again.',
    }),
    pin: z
      .object({
        sequence: z
          .int()
          .meta({ description: 'Only a push or deploy with a higher sequence moves the rollout again.' }),
        reason: z.string().meta({ description: 'Why, for people.' }),
        by: z.string().meta({ description: 'Who rolled back.' }),
        at: z.string().meta({ description: 'When, RFC 3339.' }),
      })
      .optional()
      .meta({ description: 'Set by a rollback, so that it holds.' }),
  }),
  status: z.object({
    phase: z
      .enum(['Starting', 'Switching', 'Checking', 'Draining', 'Serving', 'Asleep', 'Failed'])
      .optional()
      .meta({
        description:
          'How far it has come: replicas start, traffic switches, the smoke check runs, old replicas drain.',
      }),
    target: z
      .object({
        release: z.string().meta({ description: 'The release it tries.' }),
        sequence: z.int().meta({ description: 'The push or deploy that asked for it.' }),
        attempt: z.int().meta({ description: 'spec.attempt when it began.' }),
        startedAt: z.string().meta({ description: 'When it began, RFC 3339.' }),
        configuration: z.string().meta({ description: 'Digest of all that its replicas are made from.' }),
      })
      .optional()
      .meta({
        description: 'The attempt the phase speaks of.',
      }),
    serving: z
      .object({
        release: z.string().meta({ description: 'The release.' }),
        configuration: z.string().meta({ description: 'Digest of all that its replicas are made from.' }),
        since: z.string().meta({ description: 'Since when, RFC 3339.' }),
        previous: z
          .object({
            release: z.string().meta({ description: 'The release.' }),
            configuration: z.string().meta({ description: 'Digest of all that its replicas are made from.' }),
          })
          .optional()
          .meta({
            description:
              'What it replaced. Its replicas stay for some seconds, and take the traffic again should all new ones end.',
          }),
      })
      .optional()
      .meta({ description: 'What takes traffic now.' }),
    failed: z
      .object({
        release: z.string().meta({ description: 'The release it tried.' }),
        configuration: z.string().meta({ description: 'Digest of all that its replicas were made from.' }),
        sequence: z.int().meta({ description: 'The push or deploy that asked for it.' }),
        attempt: z.int().meta({ description: 'spec.attempt when it began.' }),
        failure: FailureSchema.meta({ description: 'Why.' }),
      })
      .optional()
      .meta({ description: 'The last attempt that failed; not tried again until asked.' }),
    readyReplicas: z
      .int()
      .optional()
      .meta({ description: 'How many replicas take traffic, or run where nothing listens.' }),
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
