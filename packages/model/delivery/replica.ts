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
  immutable: false,
  categories: ['causeway'],
  description:
    'One running copy of a process of a release, or one run of its release command. The agent keeps it running.',
  spec: z.object({
    service: z.string(),
    environment: z.string(),
    release: z.string(),
    configuration: z
      .string()
      .meta({ description: 'Digest of all it is made from; replicas of one rollout share it.' }),
    process: z.string().meta({ description: 'web, worker, … or release for the release command.' }),
    index: z.int(),
    mode: z
      .enum(['service', 'once'])
      .meta({ description: 'service is restarted when it ends; once runs to its end.' }),
    command: z.string(),
    artifact: Artifact,
    variables: z.record(z.string(), z.string()),
    resources: Resources,
    http: HttpSettings.optional().meta({ description: 'Set for processes that listen (web).' }),
    timeout: z.string().optional().meta({ description: 'For mode once.' }),
    stop: z.boolean().default(false).meta({ description: 'The process is to stop; the object stays.' }),
  }),
  status: z.object({
    phase: z.enum(['Pending', 'Starting', 'Ready', 'Succeeded', 'Failed', 'Stopping', 'Stopped']).optional(),
    agent: z.string().optional(),
    address: z.string().optional().meta({ description: 'host:port where it listens.' }),
    pid: z.int().optional(),
    restarts: z.int().optional(),
    exitCode: z.int().optional(),
    startedAt: z.string().optional(),
    readyAt: z.string().optional(),
    failure: FailureSchema.optional(),
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
