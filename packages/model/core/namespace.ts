import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

/** A view of a team: every team has the namespace of its name. */
export const NamespaceKind = defineKind({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  description: 'The place of one team. It comes and goes with the Team of the same name.',
  spec: z.object({}),
  status: z.object({
    phase: z
      .enum(['Active', 'Terminating'])
      .optional()
      .meta({ description: 'Whether it is there or on its way out.' }),
  }),
  columns: [
    { name: 'Status', path: '.status.phase', type: 'string' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Namespace = ObjectOf<typeof NamespaceKind>;
