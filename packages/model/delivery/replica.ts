import { z } from 'zod';
import { HttpSettings, Resources } from '../catalog/service.ts';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { Artifact } from './build.ts';

export const ReplicaKind = defineKind({
  kind: 'Replica',
  plural: 'replicas',
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'One running copy of a process of a release, or one run of its release command. The agent keeps it running.',
  spec: z.object({
    service: z.string().meta({ description: 'The service it belongs to.' }),
    environment: z.string().meta({ description: 'Where it runs.' }),
    release: z.string().meta({ description: 'The release it runs.' }),
    configuration: z
      .string()
      .meta({ description: 'Digest of all it is made from; replicas of one rollout share it.' }),
    process: z.string().meta({ description: 'web, worker, … or release for the release command.' }),
    index: z.int().meta({ description: 'Its number among those of its process, from 0.' }),
    mode: z
      .enum(['service', 'once'])
      .meta({ description: 'service is restarted when it ends; once runs to its end.' }),
    command: z.string().meta({ description: 'The command line that is run.' }),
    artifact: Artifact.meta({ description: 'What it is run from.' }),
    variables: z
      .record(z.string(), z.string())
      .meta({ description: 'Its environment variables, beside those of the artifact and the machine.' }),
    resources: Resources.meta({ description: 'The most it may use.' }),
    http: HttpSettings.optional().meta({ description: 'Set for processes that listen (web).' }),
    timeout: z.string().optional().meta({ description: 'For mode once: the longest it may take.' }),
    stop: z.boolean().default(false).meta({ description: 'The process is to stop; the object stays.' }),
  }),
  status: z.object({
    phase: z
      .enum(['Pending', 'Starting', 'Ready', 'Succeeded', 'Failed', 'Stopping', 'Stopped'])
      .optional()
      .meta({ description: 'How it stands. Succeeded and Failed end a command that runs once.' }),
    agent: z.string().optional().meta({ description: 'The agent that runs it.' }),
    address: z.string().optional().meta({ description: 'host:port where it listens.' }),
    pid: z.int().optional().meta({ description: 'Its process on the machine.' }),
    restarts: z.int().optional().meta({ description: 'How often it was started again.' }),
    exitCode: z.int().optional().meta({ description: 'How it last ended.' }),
    startedAt: z.string().optional().meta({ description: 'When it last started, RFC 3339.' }),
    readyAt: z.string().optional().meta({ description: 'When it was last ready, RFC 3339.' }),
    failure: FailureSchema.optional().meta({ description: 'Why it is not ready.' }),
    conditions: Conditions.optional(),
  }),
  selectableFields: ['spec.service', 'spec.environment', 'spec.release', 'status.phase'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Process', path: '.spec.process', type: 'string' },
    { name: 'Release', path: '.spec.release', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Restarts', path: '.status.restarts', type: 'integer' },
    { name: 'Address', path: '.status.address', type: 'string', priority: 1 },
    { name: 'PID', path: '.status.pid', type: 'integer', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Replica = ObjectOf<typeof ReplicaKind>;
