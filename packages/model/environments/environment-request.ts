import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { DnsLabel } from '../kind/names.ts';
import { environmentProgress } from './environment.ts';
import { environmentSettings } from './environment-settings.ts';

export const requestPhases = [
  'Refused',
  'Provisioning',
  'Ready',
  'Degraded',
  'Asleep',
  'Expiring',
  'Deleting',
  'Gone',
] as const;

export const EnvironmentRequestKind = defineKind({
  kind: 'EnvironmentRequest',
  plural: 'environmentrequests',
  shortNames: ['envreq'],
  categories: ['causeway'],
  description:
    'A wish for an environment that ends by itself. The environment of the same name is made from it; each shows the other.',
  spec: z.object({
    owner: DnsLabel.optional().meta({
      description: 'The team it belongs to; where it is asked for must be the same. Not set: that team.',
    }),
    description: z.string().max(1000).optional().meta({ description: 'For people.' }),
    ...environmentSettings,
  }),
  status: z.object({
    phase: z.enum(requestPhases).optional().meta({ description: 'How it is, in one word.' }),
    environment: z
      .string()
      .optional()
      .meta({ description: 'The environment that was made from it, while it is there.' }),
    gone: z
      .object({
        at: z.string().meta({ description: 'When, RFC 3339.' }),
        reason: z
          .enum(['Expired', 'Deleted'])
          .meta({ description: 'Its time was over, or somebody deleted it.' }),
      })
      .optional()
      .meta({ description: 'Set once the environment has gone: the request asks for no other by itself.' }),
    recreateAfter: z
      .string()
      .optional()
      .meta({ description: 'The time of the ending that somebody asked to begin again after, RFC 3339.' }),
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The generation of the spec that this status speaks of.' }),
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
  selectableFields: ['status.phase', 'spec.purpose'],
  columns: [
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Purpose', path: '.spec.purpose', type: 'string' },
    { name: 'Expires', path: '.status.expiresAt', type: 'string' },
    { name: 'Message', path: '.status.conditions[Ready].message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type EnvironmentRequest = ObjectOf<typeof EnvironmentRequestKind>;
