import { z } from 'zod';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsLabel } from '../kind/names.ts';
import { Duration } from '../units/duration.ts';
import { environmentSettings } from './environment-settings.ts';

/** The environment that every team has from the start. */
export const productionEnvironment = 'production';

export const environmentPhases = [
  'Standing',
  'Provisioning',
  'Ready',
  'Degraded',
  'Asleep',
  'Expiring',
  'Deleting',
] as const;

/** How one service does in an environment. */
export const EnvironmentServiceStatus = z.object({
  name: z.string().meta({ description: 'The service.' }),
  step: z
    .enum([
      'Resolving',
      'Building',
      'Releasing',
      'Starting',
      'Switching',
      'Checking',
      'Serving',
      'Failed',
      'Asleep',
    ])
    .meta({ description: 'How far it has come.' }),
  since: z.string().meta({ description: 'Since when it is at this step, RFC 3339.' }),
  message: z.string().meta({ description: 'What it waits for, or what serves.' }),
  commit: z.string().optional().meta({ description: 'The commit that runs, or will.' }),
  release: z.string().optional().meta({ description: 'The release that runs, or will.' }),
  url: z.string().optional().meta({ description: 'Where it answers.' }),
  failure: FailureSchema.optional().meta({ description: 'What went wrong, with the last lines.' }),
});
export type EnvironmentServiceStatus = z.infer<typeof EnvironmentServiceStatus>;

/** What an environment tells of itself; its request shows the same. */
export const environmentProgress = {
  urls: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Where each service answers, by its name.' }),
  expiresAt: z.string().optional().meta({ description: 'When it goes by itself, RFC 3339.' }),
  readyAfterMs: z
    .int()
    .optional()
    .meta({ description: 'Milliseconds from the request until all services served for the first time.' }),
  progress: z
    .array(EnvironmentServiceStatus)
    .optional()
    .meta({ description: 'How each service does.', listType: 'map', listMapKeys: ['name'] }),
  conditions: Conditions.optional(),
};

/** What must be true before a release is promoted into an environment. */
export const Gate = z.object({
  name: z.string().min(1).max(63).meta({ description: 'What it is called where it is told.' }),
  approval: z
    .object({
      role: z.enum(['developer', 'owner']).default('owner').meta({ description: 'Who may approve.' }),
    })
    .optional()
    .meta({ description: 'Somebody other than who asks must promote or approve it.' }),
  soakIn: DnsLabel.optional().meta({
    description: 'Where it must have served; not set: in the environment that it comes from.',
  }),
  soak: Duration.optional().meta({
    description: 'How long the release must have served in the environment before: 1h.',
  }),
});
export type Gate = z.infer<typeof Gate>;

export const EnvironmentKind = defineKind({
  kind: 'Environment',
  plural: 'environments',
  shortNames: ['env'],
  categories: ['causeway'],
  description:
    'A place where services of a team run. Every team has the standing environment production; others are asked for with an EnvironmentRequest and end.',
  spec: z.object({
    type: z.enum(['standing', 'requested', 'preview']).default('standing').meta({
      description:
        'standing: it is there until it is deleted. requested: somebody asked for it, and it ends. preview: a branch or change request has it.',
    }),
    description: z.string().max(1000).optional().meta({ description: 'What it is for.' }),
    request: z.string().optional().meta({ description: 'The EnvironmentRequest it comes from.' }),
    ...environmentSettings,
    startsAt: z.string().optional().meta({ description: 'When its lifetime began, RFC 3339.' }),
    extension: Duration.optional().meta({ description: 'By how much its lifetime was extended.' }),
    sleep: z
      .object({
        asleep: z.boolean().meta({ description: 'true: it is to sleep. false: it is to be awake.' }),
        at: z.string().meta({ description: 'When somebody said so, RFC 3339.' }),
      })
      .optional()
      .meta({ description: 'What somebody asked for; the schedule’s next change ends it.' }),
    order: z.int().min(0).max(1000).optional().meta({
      description: 'Its place among standing environments: releases are promoted from lower to higher.',
    }),
    deploys: z.enum(['push', 'promotion']).default('push').meta({
      description: 'What brings a release into a standing environment: each push, or only a promotion.',
    }),
    gates: z
      .array(Gate)
      .max(20)
      .optional()
      .meta({
        description: 'What must be true before a release is promoted into it.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
  }),
  status: z.object({
    phase: z.enum(environmentPhases).optional().meta({ description: 'How it is, in one word.' }),
    services: z.int().optional().meta({ description: 'How many services run there.' }),
    sleep: z
      .object({
        asleep: z.boolean().meta({ description: 'Whether it sleeps.' }),
        since: z.string().meta({ description: 'Since when, RFC 3339.' }),
        wokenAt: z.string().optional().meta({ description: 'When a request woke it, RFC 3339.' }),
      })
      .optional()
      .meta({ description: 'Set once it has slept.' }),
    warned: z
      .array(z.string())
      .optional()
      .meta({ description: 'Which warnings of its end have been given: its end and how long before.' }),
    cleaned: z.array(z.string()).optional().meta({ description: 'What outside has been cleaned up.' }),
    ...environmentProgress,
  }),
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'developer',
    update: 'developer',
    patch: 'developer',
    delete: 'developer',
  },
  selectableFields: ['spec.type', 'status.phase'],
  columns: [
    { name: 'Type', path: '.spec.type', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Services', path: '.status.services', type: 'integer' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Expires', path: '.status.expiresAt', type: 'string' },
    { name: 'Message', path: '.status.conditions[Ready].message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Environment = ObjectOf<typeof EnvironmentKind>;
