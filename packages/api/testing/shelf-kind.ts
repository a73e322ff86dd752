import { defineKind } from '@causeway/model';
import { z } from 'zod';

const short = z.string().max(20);
const described = (description: string) => ({ description });

/** A kind with every way in which fields are merged: more than any real kind has. */
export const ShelfKind = defineKind({
  kind: 'Shelf',
  plural: 'shelves',
  description: 'For tests: something of everything.',
  spec: z.object({
    title: short.optional().meta(described('A scalar.')),
    size: z.int().default(1).meta(described('A scalar with a default.')),
    door: z
      .object({
        width: z.int().default(2).meta(described('With a default.')),
        colour: short.optional().meta(described('Without.')),
        lock: z.object({ keys: z.int().optional() }).optional().meta(described('Deeper.')),
      })
      .prefault({})
      .meta(described('Declared fields.')),
    notes: z.array(short).optional().meta(described('A list that is one value.')),
    tags: z
      .array(short)
      .optional()
      .meta({ ...described('A set.'), listType: 'set' }),
    rows: z
      .array(
        z.object({
          name: short,
          depth: z.int().default(3),
          tags: z.array(short).optional().meta({ listType: 'set' }),
          boxes: z
            .array(
              z.object({
                id: z.int(),
                side: z.enum(['left', 'right']).default('left'),
                full: z.boolean().optional(),
              }),
            )
            .optional()
            .meta({ listType: 'map', listMapKeys: ['id', 'side'] }),
        }),
      )
      .default([])
      .meta({
        ...described('Items with a key, and in them items with two.'),
        listType: 'map',
        listMapKeys: ['name'],
      }),
    marks: z.record(z.string(), short).optional().meta(described('Texts by free names.')),
    parts: z
      .record(z.string(), z.object({ from: short.optional(), count: z.int().default(0) }))
      .optional()
      .meta(described('Objects by free names.')),
    open: z.record(z.string(), z.unknown()).optional().meta(described('Whatever.')),
  }),
  status: z.object({
    state: short.optional(),
    seen: z
      .array(z.object({ by: short, times: z.int().default(1) }))
      .optional()
      .meta({ listType: 'map', listMapKeys: ['by'] }),
  }),
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'viewer',
    update: 'viewer',
    patch: 'viewer',
    delete: 'viewer',
  },
});
