import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsLabel } from '../kind/names.ts';
import { Duration } from '../units/duration.ts';

/** From the first thought to a refusal. Each stage tells more people than the one before. */
export const policyActions = ['draft', 'audit', 'warn', 'deny'] as const;
export type PolicyAction = (typeof policyActions)[number];

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

export const PolicyModule = z.object({
  name: z.string().min(1).max(200).meta({ description: 'Names it in errors: policy.rego.' }),
  source: z.string().max(500_000).meta({ description: 'Its text.' }),
});

/** Where a policy’s text is; one of them. */
export const PolicySourceSpec = z.object({
  inline: z
    .string()
    .max(500_000)
    .optional()
    .meta({ description: 'The text itself: a Rego module, CEL, a Kyverno ClusterPolicy.' }),
  modules: z
    .array(PolicyModule)
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Several texts that belong together.', listType: 'map', listMapKeys: ['name'] }),
  git: z
    .object({
      team: DnsLabel.meta({ description: 'Whose repository.' }),
      service: DnsLabel.meta({ description: 'Which repository.' }),
      branch: z.string().max(200).default('main').meta({ description: 'What is followed.' }),
      path: z.string().min(1).max(500).meta({ description: 'A file, or a folder with all it holds.' }),
    })
    .optional()
    .meta({ description: 'A file or folder of a repository on this platform; each push is followed.' }),
  bundle: z
    .object({
      url: z.url({ protocol: /^https?$/ }).meta({ description: 'A gzipped tar, as OPA’s bundles are.' }),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .meta({ description: 'Of the file. Nothing else is taken.' }),
    })
    .optional()
    .meta({ description: 'A bundle somewhere else.' }),
});

export const PolicyMatch = z.object({
  kinds: z.array(z.string().min(1).max(200)).min(1).max(100).default(['*']).meta({
    description:
      'Kinds of what is judged: resources (Service), manifests (Deployment, apps/Deployment), and what deciding places hand in: Push, Merge, BuildPlan, ReleaseEvidence, SBOM, ScanReport. `*` is all.',
  }),
  operations: z
    .array(z.enum(['CREATE', 'UPDATE', 'DELETE']))
    .min(1)
    .default(['CREATE', 'UPDATE'])
    .meta({ description: 'What is done to it.' }),
  teams: z.array(DnsLabel).max(1000).optional().meta({ description: 'Only these teams.' }),
  exceptTeams: z.array(DnsLabel).max(1000).optional().meta({ description: 'Not these teams.' }),
  environments: z
    .array(DnsLabel)
    .max(100)
    .optional()
    .meta({ description: 'Only what is meant for these environments.' }),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Only what has all of these labels.' }),
});
export type PolicyMatch = z.infer<typeof PolicyMatch>;

/** A golden case: a document and what the policy must say of it. */
export const PolicyTest = z.object({
  name: z.string().min(1).max(200).meta({ description: 'What is shown, in a few words.' }),
  object: z.record(z.string(), z.unknown()).meta({ description: 'The document that is judged.' }),
  old: z.record(z.string(), z.unknown()).optional().meta({ description: 'As it was before.' }),
  request: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'What else rules may read: user, actor, environment, time, context.' }),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'Instead of the policy’s own.' }),
  expect: z
    .union([z.literal('allow'), z.array(z.string().min(1)).min(1)])
    .meta({ description: '`allow`, or a part of each message it must say; no message may be left over.' }),
});
export type PolicyTest = z.infer<typeof PolicyTest>;

export const PolicyKind = defineKind({
  kind: 'Policy',
  plural: 'policies',
  shortNames: ['pol'],
  scope: 'Cluster',
  naming: 'subdomain',
  categories: ['causeway'],
  description: 'A rule that changes are judged by, with why it is there and what to do instead.',
  spec: z.object({
    title: z.string().max(100).optional().meta({ description: 'What it asks for, in a few words.' }),
    why: z
      .string()
      .min(1)
      .max(2000)
      .meta({ description: 'What goes wrong without it. Shown to whoever it stops.' }),
    instead: z
      .string()
      .min(1)
      .max(2000)
      .meta({ description: 'What to do instead. Shown to whoever it stops.' }),
    owner: DnsLabel.meta({ description: 'The team that answers for it and approves exceptions.' }),
    severity: Severity.default('medium').meta({ description: 'How bad it is when it is broken.' }),
    documentation: z.url().optional().meta({ description: 'Where to read more.' }),
    engine: z
      .enum(['rego', 'cel', 'kyverno'])
      .default('rego')
      .meta({ description: 'What it is written in.' }),
    syntax: z
      .enum(['v0', 'v1'])
      .optional()
      .meta({ description: 'Of Rego. Told from the text when not set.' }),
    source: PolicySourceSpec.meta({ description: 'The rule itself: one of its fields.' }),
    match: PolicyMatch.prefault({}).meta({ description: 'What it applies to.' }),
    parameters: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: 'What the rule reads as input.parameters.' }),
    parametersSchema: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'A JSON schema that the parameters must fit.' }),
    action: z.enum(policyActions).default('draft').meta({
      description:
        'draft: judged by tests only. audit: judged and reported. warn: told as well. deny: refused.',
    }),
    onError: z
      .enum(['deny', 'allow'])
      .default('deny')
      .meta({ description: 'What counts when the rule cannot be evaluated, or takes too long.' }),
    exceptions: z
      .object({
        allowed: z.boolean().default(true).meta({ description: 'false: there is no way around it.' }),
        longest: Duration.default('90d').meta({ description: 'How long one may last.' }),
        approvers: z
          .array(DnsLabel)
          .max(20)
          .optional()
          .meta({ description: 'Teams whose owners approve; the policy’s owner when not set.' }),
      })
      .prefault({})
      .meta({ description: 'Whether and how somebody may be excepted.' }),
    tests: z
      .array(PolicyTest)
      .max(500)
      .default([])
      .meta({ description: 'Cases that must hold.', listType: 'map', listMapKeys: ['name'] }),
  }),
  status: z.object({
    digest: z
      .string()
      .optional()
      .meta({ description: 'The version that judges: of source, parameters and syntax.' }),
    modules: z.array(PolicyModule).optional().meta({
      description: 'The text that judges, when it comes from git or a bundle: the last that was good.',
    }),
    commit: z
      .string()
      .optional()
      .meta({ description: 'The commit it came from, or the SHA-256 of the bundle.' }),
    judged: z
      .object({
        objects: z.int().meta({ description: 'How many objects it applies to.' }),
        failing: z.int().meta({ description: 'How many it would refuse.' }),
        excepted: z.int().meta({ description: 'How many of them are excepted.' }),
        teams: z
          .array(
            z.object({
              team: z.string().meta({ description: 'The team; empty for what belongs to none.' }),
              failing: z.int().meta({ description: 'How many of its objects it would refuse.' }),
              excepted: z.int().meta({ description: 'How many of them are excepted.' }),
            }),
          )
          .meta({ description: 'By team.', listType: 'map', listMapKeys: ['team'] }),
        at: z.string().meta({ description: 'When all was judged, RFC 3339.' }),
      })
      .optional()
      .meta({ description: 'What it says of everything there is.' }),
    exceptions: z
      .object({
        active: z.int().meta({ description: 'How many are in force.' }),
        given: z
          .array(
            z.object({
              uid: z.string().meta({ description: 'Of the exception.' }),
              team: z.string().meta({ description: 'Whose.' }),
              name: z.string().meta({ description: 'Its name.' }),
              target: z.string().meta({ description: 'What it was for: KIND/NAME.' }),
              reason: z.string().meta({ description: 'Why.' }),
              at: z.string().meta({ description: 'When it was given, RFC 3339.' }),
            }),
          )
          .meta({
            description: 'All that were given, also those that are over; the newest 500.',
            listType: 'map',
            listMapKeys: ['uid'],
          }),
        teams: z
          .array(
            z.object({
              team: z.string().meta({ description: 'The team.' }),
              given: z.int().meta({ description: 'How many it was given.' }),
            }),
          )
          .meta({ description: 'By team.', listType: 'map', listMapKeys: ['team'] }),
        missingFeature: z
          .boolean()
          .meta({ description: 'Three teams needed one: the road lacks something.' }),
      })
      .optional()
      .meta({ description: 'How often it does not fit.' }),
    observedGeneration: z.int().optional().meta({ description: 'The generation this speaks of.' }),
    conditions: Conditions.optional(),
  }),
  access: { create: 'owner', update: 'owner', patch: 'owner', delete: 'owner' },
  everyoneReads: true,
  selectableFields: ['spec.action', 'spec.owner'],
  columns: [
    { name: 'Action', path: '.spec.action', type: 'string' },
    { name: 'Severity', path: '.spec.severity', type: 'string' },
    { name: 'Owner', path: '.spec.owner', type: 'string' },
    { name: 'Failing', path: '.status.judged.failing', type: 'integer' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Title', path: '.spec.title', type: 'string', priority: 1 },
    { name: 'Engine', path: '.spec.engine', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
  validate: ({ spec }) => {
    const given = Object.values(spec.source).filter(one => one !== undefined).length;
    return given === 1
      ? []
      : [{ field: 'spec.source', message: 'exactly one of inline, modules, git and bundle must be given' }];
  },
});
export type Policy = ObjectOf<typeof PolicyKind>;
