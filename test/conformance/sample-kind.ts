import { Conditions, defineKind } from '@causeway/model';
import { z } from 'zod';

/** A kind with each sort of field once, so that few steps tell much. */
export const SampleKind = defineKind({
  group: 'conformance.causeway.dev',
  kind: 'Sample',
  plural: 'samples',
  shortNames: ['smp'],
  categories: ['conformance'],
  description: 'A kind with each sort of field.',
  spec: z.object({
    title: z.string().max(40).optional().meta({ description: 'A text with a length.' }),
    color: z
      .enum(['red', 'green', 'blue'])
      .default('red')
      .meta({ description: 'One of three, with a default.' }),
    replicas: z.int().min(0).max(50).default(1).meta({ description: 'A whole number with bounds.' }),
    share: z.number().optional().meta({ description: 'A number.' }),
    enabled: z.boolean().optional().meta({ description: 'A truth.' }),
    options: z.record(z.string(), z.string()).optional().meta({ description: 'Texts by name.' }),
    nested: z
      .object({
        required: z.string().meta({ description: 'Must be there.' }),
        size: z.int().default(3).meta({ description: 'Has a default inside.' }),
      })
      .optional()
      .meta({ description: 'An object in the object.' }),
    words: z.array(z.string()).optional().meta({ description: 'A list that is one value.' }),
    parts: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The key.' }),
          size: z.int().optional().meta({ description: 'How large.' }),
          note: z.string().optional().meta({ description: 'What else.' }),
        }),
      )
      .optional()
      .meta({ description: 'A list by key.', listType: 'map', listMapKeys: ['name'] }),
    tags: z.array(z.string()).optional().meta({ description: 'A list without repeats.', listType: 'set' }),
  }),
  status: z.object({
    phase: z.string().optional().meta({ description: 'How it is, in one word.' }),
    replicas: z.int().optional().meta({ description: 'How many there are.' }),
    observedGeneration: z.int().optional().meta({ description: 'Of which spec this speaks.' }),
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
  naming: 'subdomain',
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  selectableFields: ['spec.color', 'status.phase'],
  columns: [
    { name: 'Color', path: '.spec.color', type: 'string', description: 'Its color.' },
    { name: 'Replicas', path: '.spec.replicas', type: 'integer' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Title', path: '.spec.title', type: 'string', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
