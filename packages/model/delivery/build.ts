import { z } from 'zod';
import { BuildSettings } from '../catalog/service.ts';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

export const buildSteps = ['checkout', 'detect', 'install', 'build', 'test', 'package'] as const;
export type BuildStepName = (typeof buildSteps)[number];

export const BuildStep = z.object({
  name: z.enum(buildSteps),
  state: z.enum(['Running', 'Succeeded', 'Failed', 'Skipped']),
  message: z.string().optional().meta({ description: 'What was done or why it was skipped, one line.' }),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
});
export type BuildStep = z.infer<typeof BuildStep>;

/** What a build made and how to run it. `processes` maps a process type to its shell-free or shell command line. */
export const Artifact = z.object({
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'Content address: names the folder it lies in.' }),
  builder: z.string(),
  runtime: z.string().optional().meta({ description: 'Language and version, for people: Node.js 26.10.0.' }),
  processes: z.record(z.string(), z.string()).meta({ description: 'Process type → command line.' }),
  release: z.string().optional().meta({ description: 'The release command, if any.' }),
  variables: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'What the builder sets, such as PATH entries.' }),
});
export type Artifact = z.infer<typeof Artifact>;

export const BuildKind = defineKind({
  kind: 'Build',
  plural: 'builds',
  naming: 'subdomain',
  immutable: true,
  categories: ['causeway'],
  description: 'One commit of a service on its way to a release. The agent runs it.',
  spec: z.object({
    service: z.string(),
    commit: z.string().regex(/^[0-9a-f]{40,64}$/),
    sequence: z.int().meta({ description: 'The push or deploy it belongs to; higher is newer.' }),
    requestedBy: z.string(),
    reason: z.enum(['push', 'deploy']),
    settings: BuildSettings,
  }),
  status: z.object({
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Superseded']).optional(),
    agent: z.string().optional().meta({ description: 'The agent that runs it.' }),
    steps: z.array(BuildStep).optional(),
    artifact: Artifact.optional(),
    failure: FailureSchema.optional(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    supersededBy: z.string().optional(),
    conditions: Conditions.optional(),
  }),
  selectableFields: ['spec.service', 'status.phase'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Commit', path: '.spec.commit', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'By', path: '.spec.requestedBy', type: 'string' },
    { name: 'Cause', path: '.status.failure.message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Build = ObjectOf<typeof BuildKind>;
