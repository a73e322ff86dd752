import { z } from 'zod';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsLabel, VariableName } from '../kind/names.ts';
import { Duration } from '../units/duration.ts';
import { CpuQuantity, MemoryQuantity } from '../units/quantity.ts';

const Command = z.string().min(1).max(4096);
const UrlPath = z
  .string()
  .max(1024)
  .regex(/^\/[^\s]*$/, 'must be a path that starts with /');

/** How a commit becomes a release. Everything is optional: what is not said is detected. */
export const BuildSettings = z.object({
  builder: z
    .enum(['node', 'python', 'go', 'static'])
    .optional()
    .meta({ description: 'Which builder; detected from the files when not set.' }),
  directory: z
    .string()
    .max(256)
    .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]*$/, 'must be a folder inside the repository')
    .optional()
    .meta({ description: 'The folder of the application, when it is not the top of the repository.' }),
  install: Command.optional().meta({ description: 'Instead of the builder’s own install step.' }),
  build: Command.optional().meta({ description: 'Instead of the detected build command.' }),
  test: z
    .object({
      enabled: z.boolean().default(true).meta({ description: 'false: release without running the tests.' }),
      command: Command.optional().meta({ description: 'Instead of the detected test command.' }),
      timeout: Duration.default('10m').meta({ description: 'Tests that take longer have failed.' }),
    })
    .prefault({})
    .meta({ description: 'The tests that a release must pass.' }),
  start: Command.optional().meta({ description: 'The web process; wins over Procfile and detection.' }),
  release: Command.optional().meta({
    description: 'Runs once before the new release takes traffic, such as a migration.',
  }),
  timeout: Duration.default('15m').meta({ description: 'For install and build together.' }),
});
export type BuildSettings = z.infer<typeof BuildSettings>;

/** How the web process is reached and judged ready. */
export const HttpSettings = z.object({
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .meta({ description: 'Only for programs that ignore PORT: the port they insist on.' }),
  readiness: z
    .enum(['http', 'tcp'])
    .default('http')
    .meta({ description: 'http asks healthPath; tcp is content with an open port.' }),
  healthPath: UrlPath.optional().meta({
    description: 'Must answer 2xx or 3xx. Not set: any answer below 500 at / will do.',
  }),
  startTimeout: Duration.default('60s').meta({ description: 'How long a start may take until ready.' }),
  drainTimeout: Duration.default('10s').meta({
    description: 'How long running requests may take when a replica stops.',
  }),
});
export type HttpSettings = z.infer<typeof HttpSettings>;

/** Asked of the new release, after it is ready and switched, before the old one goes. */
export const SmokeCheck = z.object({
  path: UrlPath.optional().meta({ description: 'What is asked of the new release.' }),
  status: z.int().min(100).max(599).default(200).meta({ description: 'The status it must answer with.' }),
  command: Command.optional().meta({
    description: 'Instead of a path: exit code 0 passes. URL and PORT are set.',
  }),
  timeout: Duration.default('10s').meta({ description: 'How long the check may take.' }),
});
export type SmokeCheck = z.infer<typeof SmokeCheck>;

export const Variable = z.object({
  name: VariableName.meta({ description: 'Letters, digits and _.' }),
  value: z.string().max(32_768).meta({ description: 'What the program reads.' }),
  environment: DnsLabel.optional().meta({
    description: 'Only there; wins over a value for all environments.',
  }),
});
export type Variable = z.infer<typeof Variable>;

export const Resources = z.object({
  cpu: CpuQuantity.default('1').meta({ description: 'The most it may use, in cores.' }),
  memory: MemoryQuantity.default('512Mi').meta({
    description: 'The most it may use; beyond it is stopped as out of memory.',
  }),
});
export type Resources = z.infer<typeof Resources>;

export const servicePhases = ['Pending', 'Building', 'Deploying', 'Running', 'Failed', 'Deleting'] as const;

export const ServiceKind = defineKind({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['causeway', 'all'],
  description: 'Something a team runs: one git repository, built and released on every push.',
  spec: z.object({
    description: z
      .string()
      .max(1000)
      .optional()
      .meta({ description: 'What it is for, one or two sentences.' }),
    template: DnsLabel.optional().meta({ description: 'The golden path its repository started from.' }),
    lifecycle: z
      .enum(['experimental', 'production', 'deprecated'])
      .default('production')
      .meta({ description: 'How far others may rely on it.' }),
    runbook: z
      .string()
      .max(500)
      .optional()
      .meta({ description: 'What to do when it fails: the address of a page, or the words themselves.' }),
    branch: z
      .string()
      .max(200)
      .regex(/^(?!-)[A-Za-z0-9._/-]+$/, 'must be a branch name')
      .default('main')
      .meta({ description: 'Pushes to this branch are released.' }),
    build: BuildSettings.prefault({}).meta({
      description: 'How a commit becomes a release. What is not said is detected.',
    }),
    http: HttpSettings.prefault({}).meta({ description: 'How the web process is reached and judged ready.' }),
    smoke: SmokeCheck.optional().meta({
      description: 'Asked of a new release before the old one goes; when it fails, the old one serves on.',
    }),
    replicas: z.int().min(0).max(50).default(1).meta({ description: 'How many of the web process.' }),
    processes: z
      .array(
        z.object({
          name: DnsLabel.meta({ description: 'The process type in the Procfile, such as worker.' }),
          replicas: z.int().min(0).max(50).meta({ description: 'How many of it.' }),
        }),
      )
      .max(20)
      .optional()
      .meta({
        description: 'Replicas of Procfile processes beside web; each runs once when not set.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
    resources: Resources.prefault({}).meta({ description: 'The most that each replica may use.' }),
    variables: z
      .array(Variable)
      .max(500)
      .default([])
      .meta({ description: 'Environment variables. Not for secrets.' }),
    previews: z
      .object({
        for: z
          .enum(['branches', 'changeRequests'])
          .default('changeRequests')
          .meta({ description: 'What has a preview: each pushed branch, or each open change request.' }),
        idle: Duration.default('3d').meta({
          description: 'A preview goes when nobody pushed to it or asked it anything for so long.',
        }),
        lifetime: Duration.default('14d').meta({ description: 'And after this in any case.' }),
        with: z.array(DnsLabel).max(20).default([]).meta({
          description: 'Other services of the team that run beside it, as released.',
          listType: 'set',
        }),
      })
      .optional()
      .meta({ description: 'Set: changes get an environment of their own before they are merged.' }),
    keepReleases: z
      .int()
      .min(2)
      .max(100)
      .default(10)
      .meta({ description: 'How many releases stay ready for a rollback.' }),
  }),
  status: z.object({
    phase: z.enum(servicePhases).optional().meta({ description: 'How it is, in one word.' }),
    url: z.string().optional().meta({ description: 'Where it answers in production.' }),
    cloneUrl: z.string().optional().meta({ description: 'Where to clone from and push to.' }),
    replicas: z
      .int()
      .optional()
      .meta({ description: 'How many replicas take production traffic, or run where nothing listens.' }),
    release: z.string().optional().meta({ description: 'The release that takes production traffic.' }),
    commit: z.string().optional().meta({ description: 'The commit of that release.' }),
    push: z
      .object({
        sequence: z.int().meta({ description: 'Its number among pushes and deploys.' }),
        entry: z.int().meta({ description: 'How many entries of the branch’s reflog have been recorded.' }),
        commit: z.string().meta({ description: 'The commit it moved the branch to.' }),
        by: z.string().meta({ description: 'Who pushed.' }),
        at: z.string().meta({ description: 'When, RFC 3339.' }),
        repeats: z.string().optional().meta({
          description:
            'The build that it would repeat: only files of the platform differ, so nothing is built.',
        }),
      })
      .optional()
      .meta({ description: 'The newest push to the branch that has been recorded.' }),
    sequence: z.int().optional().meta({
      description:
        'The last number given to a push or deploy; a build and its release are named SERVICE.SEQUENCE.',
    }),
    changeRequests: z
      .int()
      .optional()
      .meta({ description: 'The last number given to a change request; none is given twice.' }),
    failure: FailureSchema.optional().meta({ description: 'Why the newest push or deploy does not serve.' }),
    previews: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The environment.' }),
          changeRequest: z.string().optional().meta({ description: 'The change request that it shows.' }),
          commit: z.string().optional().meta({
            description: 'The newest commit that has had it. When it has gone, the next one brings it back.',
          }),
          pushedAt: z.string().optional().meta({ description: 'When that commit was first seen, RFC 3339.' }),
          problem: z.string().optional().meta({ description: 'Why it is not there, and what to do.' }),
        }),
      )
      .optional()
      .meta({
        description: 'Of its changes; an environment each, while somebody pushes to it or asks it something.',
        listType: 'map',
        listMapKeys: ['name'],
      }),
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The generation of the spec that this status speaks of.' }),
    conditions: Conditions.optional(),
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
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  selectableFields: ['status.phase', 'spec.template'],
  columns: [
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Release', path: '.status.release', type: 'string' },
    { name: 'URL', path: '.status.url', type: 'string' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string', priority: 1 },
    { name: 'Commit', path: '.status.commit', type: 'string', priority: 1 },
    { name: 'Message', path: '.status.conditions[Ready].message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
  validate: service => {
    const seen = new Set<string>();
    return service.spec.variables.flatMap((variable, index) => {
      const id = `${variable.environment ?? ''}\n${variable.name}`;
      if (seen.has(id))
        return [{ field: `spec.variables[${index}].name`, message: `${variable.name} is set twice` }];
      seen.add(id);
      return [];
    });
  },
});
export type Service = ObjectOf<typeof ServiceKind>;
