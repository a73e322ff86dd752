import { defineKind } from '@causeway/model';
import { z } from 'zod';

/** How many copies an object asks for and has (autoscaling/v1). It is a view of the object and stored nowhere. */
export const ScaleKind = defineKind({
  group: 'autoscaling',
  kind: 'Scale',
  plural: 'scales',
  description: 'How many copies an object asks for and has.',
  spec: z.object({
    replicas: z.int().min(0).optional().meta({ description: 'How many copies are wanted.' }),
  }),
  status: z.object({
    replicas: z.int().meta({ description: 'How many copies there are.' }),
    selector: z.string().optional().meta({ description: 'A label selector of the copies.' }),
  }),
  columns: [
    { name: 'Desired', path: '.spec.replicas', type: 'integer', description: 'How many copies are wanted.' },
    {
      name: 'Available',
      path: '.status.replicas',
      type: 'integer',
      description: 'How many copies there are.',
    },
    { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
  ],
});
