import { z } from 'zod';
import { FailureSchema } from '../errors/failure-schema.ts';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

export const PromotionKind = defineKind({
  kind: 'Promotion',
  plural: 'promotions',
  shortNames: ['promo'],
  naming: 'subdomain',
  categories: ['causeway'],
  description:
    'The newest wish that a release of a service serve in a standing environment: who asked, who approved, what is in the way. Named SERVICE.ENVIRONMENT. Deleting one that waits withdraws it.',
  spec: z.object({
    service: z.string().meta({ description: 'What is promoted.' }),
    environment: z.string().meta({ description: 'Where to.' }),
    from: z.string().optional().meta({
      description: 'The standing environment before, in which the release has proved itself.',
    }),
    release: z.string().meta({ description: 'The release; it is not built again.' }),
    requestedBy: z.string().meta({ description: 'Who asked for it.' }),
    requestedAt: z.string().meta({ description: 'When, RFC 3339.' }),
    approvals: z
      .array(
        z.object({
          by: z.string().meta({ description: 'Who.' }),
          at: z.string().meta({ description: 'When, RFC 3339.' }),
        }),
      )
      .default([])
      .meta({
        description: 'Who asked for the same since, which is to approve it.',
        listType: 'map',
        listMapKeys: ['by'],
      }),
  }),
  status: z.object({
    phase: z
      .enum(['Waiting', 'Promoted', 'Refused'])
      .optional()
      .meta({ description: 'Waiting: for its gates. Promoted: the rollout there does the rest.' }),
    waitsFor: z
      .array(
        z.object({
          gate: z.string().meta({ description: 'The gate of the environment.' }),
          message: z.string().meta({ description: 'What is in the way, and what to do.' }),
          opensAt: z.string().optional().meta({ description: 'When it opens by itself, RFC 3339.' }),
        }),
      )
      .optional()
      .meta({ description: 'What is in the way.', listType: 'map', listMapKeys: ['gate'] }),
    failure: FailureSchema.optional().meta({ description: 'Why it was refused.' }),
    promotedAt: z.string().optional().meta({ description: 'When it was carried out, RFC 3339.' }),
    decision: z.string().optional().meta({ description: 'The id of the recorded decision of the policies.' }),
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The generation of the spec that this status speaks of.' }),
    conditions: Conditions.optional(),
  }),
  access: { get: 'viewer', list: 'viewer', watch: 'viewer', delete: 'developer' },
  selectableFields: ['spec.service', 'spec.environment', 'status.phase'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Environment', path: '.spec.environment', type: 'string' },
    { name: 'Release', path: '.spec.release', type: 'string' },
    { name: 'Phase', path: '.status.phase', type: 'string' },
    { name: 'By', path: '.spec.requestedBy', type: 'string' },
    { name: 'Message', path: '.status.conditions[Promoted].message', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Promotion = ObjectOf<typeof PromotionKind>;
