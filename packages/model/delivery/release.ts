import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';
import { Artifact, BuildReason } from './build.ts';

export const ReleaseKind = defineKind({
  kind: 'Release',
  plural: 'releases',
  naming: 'subdomain',
  immutable: true,
  categories: ['causeway'],
  description: 'A built commit that can serve. It never changes; a rollback serves an older one again.',
  spec: z.object({
    service: z.string().meta({ description: 'The service it belongs to.' }),
    commit: z.string().meta({ description: 'The commit it was built from.' }),
    build: z.string().meta({ description: 'The build that made it.' }),
    sequence: z.int().meta({
      description: 'The push or deploy it came from; part of its name.',
    }),
    reason: BuildReason.default('push').meta({ description: 'What its build was made for.' }),
    createdBy: z.string().meta({ description: 'Who pushed or deployed.' }),
    artifact: Artifact.meta({ description: 'What runs.' }),
  }),
  status: z.object({}),
  selectableFields: ['spec.service'],
  columns: [
    { name: 'Service', path: '.spec.service', type: 'string' },
    { name: 'Commit', path: '.spec.commit', type: 'string' },
    { name: 'By', path: '.spec.createdBy', type: 'string' },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
export type Release = ObjectOf<typeof ReleaseKind>;
