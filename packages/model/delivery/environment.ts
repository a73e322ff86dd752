import { z } from 'zod';
import { Conditions } from '../kind/conditions.ts';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

/** The environment that every team has from the start. */
export const productionEnvironment = 'production';

export const EnvironmentKind = defineKind({
  kind: 'Environment',
  plural: 'environments',
  shortNames: ['env'],
  categories: ['causeway'],
  description: 'A place where services of a team run. Every team has the standing environment production.',
  spec: z.object({
    type: z
      .enum(['standing'])
      .default('standing')
      .meta({ description: 'standing: it is there until it is deleted.' }),
    description: z.string().max(1000).optional().meta({ description: 'What it is for.' }),
  }),
  status: z.object({
    services: z.int().optional().meta({ description: 'How many services run there.' }),
    conditions: Conditions.optional(),
  }),
  columns: [
    { name: 'Type', path: '.spec.type', type: 'string' },
    { name: 'Services', path: '.status.services', type: 'integer' },
    { name: 'Ready', path: '.status.conditions[Ready].status', type: 'string' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Environment = ObjectOf<typeof EnvironmentKind>;
