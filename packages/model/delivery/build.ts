import { z } from 'zod';
import { BuildSettings } from '../catalog/service.ts';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

/**
 * Why a commit is built. What a push or deploy made is released on the service's line; what an environment asked for serves there
 * alone, and no rollback goes to it.
 */
export const BuildReason = z.enum(['push', 'deploy', 'environment']);

export const buildSteps = ['checkout', 'detect', 'install', 'build', 'test', 'package'] as const;
export type BuildStepName = (typeof buildSteps)[number];

export const BuildStep = z.object({
  name: z.enum(buildSteps).meta({ description: 'Steps run in this order.' }),
  state: z.enum(['Running', 'Succeeded', 'Failed', 'Skipped']).meta({ description: 'How it stands.' }),
  message: z.string().optional().meta({ description: 'What was done or why it was skipped, one line.' }),
  startedAt: z.string().meta({ description: 'When it began, RFC 3339.' }),
  finishedAt: z.string().optional().meta({ description: 'When it ended, RFC 3339.' }),
});
export type BuildStep = z.infer<typeof BuildStep>;

/** What a build made and how to run it. `processes` maps a process type to its shell-free or shell command line. */
export const Artifact = z.object({
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'Content address: names the folder it lies in.' }),
  builder: z
    .string()
    .meta({ description: 'Which builder planned it: node, python, go, static or procfile.' }),
  runtime: z.string().optional().meta({ description: 'Language and version, for people: Node.js 26.10.0.' }),
  processes: z.record(z.string(), z.string()).meta({ description: 'Process type → command line.' }),
  release: z.string().optional().meta({ description: 'The release command, if any.' }),
  variables: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'What the builder sets, such as PATH entries.' }),
});
export type Artifact = z.infer<typeof Artifact>;

/** Says on a build that its plan is judged before it runs on: some policy is about plans. */
export const judgedPlanAnnotation = 'causeway.dev/judge-plan';

export const BuildKind = defineKind({
  kind: 'Build',
  plural: 'builds',
  naming: 'subdomain',
  immutable: true,
  categories: ['causeway'],
  description: 'One commit of a service on its way to a release. The agent runs it.',
  spec: z.object({
    service: z.string().meta({ description: 'The service it belongs to.' }),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .meta({ description: 'What is built, a full commit id.' }),
    sequence: z.int().meta({
      description: 'The push or deploy it belongs to; higher is newer.',
    }),
    requestedBy: z.string().meta({ description: 'Who pushed or asked for it.' }),
    reason: BuildReason.meta({ description: 'What made it.' }),
    settings: BuildSettings.meta({ description: 'The settings of the service when it was made.' }),
  }),
  status: z.object({
    phase: z
      .enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Superseded'])
      .optional()
      .meta({ description: 'How it stands. Superseded: a newer one took its place.' }),
    agent: z.string().optional().meta({ description: 'The agent that runs it.' }),
    steps: z.array(BuildStep).optional().meta({ description: 'What was done so far, in order.' }),
    artifact: Artifact.optional().meta({ description: 'What it made, once it succeeded.' }),
    failure: FailureSchema.optional().meta({ description: 'Why it failed.' }),
    policy: z
      .object({
        decision: z.string().meta({ description: 'The id of the recorded decision.' }),
        passed: z.int().meta({ description: 'How many policies have nothing against the release.' }),
        excepted: z.int().meta({ description: 'How many would refuse it, were it not for an exception.' }),
        warnings: z.array(z.string()).meta({ description: 'What policies advise.' }),
      })
      .optional()
      .meta({ description: 'What the policies said before it was released.' }),
    environments: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The standing environment.' }),
          decision: z.string().optional().meta({
            description: 'The id of the recorded decision; none where something newer was already.',
          }),
          refused: FailureSchema.optional().meta({ description: 'Why policies did not let it serve there.' }),
        }),
      )
      .optional()
      .meta({
        description: 'Where it was released: the standing environments that took pushes when it was done.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
    startedAt: z.string().optional().meta({ description: 'When the agent began, RFC 3339.' }),
    finishedAt: z.string().optional().meta({ description: 'When it ended, RFC 3339.' }),
    supersededBy: z.string().optional().meta({ description: 'The build that took its place.' }),
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
