import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kind/define-kind.ts';

/** What happened to an object, for people: `kubectl get events`, `kubectl describe`. Its fields stand beside metadata. */
export const EventKind = defineKind({
  group: '',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  naming: 'subdomain',
  description: 'What happened to an object, for people. Kept for a while, then dropped.',
  spec: z.object({}),
  status: z.object({}),
  body: z.object({
    involvedObject: z
      .object({
        apiVersion: z.string().meta({ description: 'Its group and version.' }),
        kind: z.string().meta({ description: 'Its kind.' }),
        name: z.string().meta({ description: 'Its name.' }),
        namespace: z.string().optional().meta({ description: 'Its team.' }),
        uid: z
          .string()
          .optional()
          .meta({ description: 'Tells it from others that had its name before or after.' }),
      })
      .meta({ description: 'What it happened to.' }),
    type: z.enum(['Normal', 'Warning']).meta({ description: 'Warning: somebody should look.' }),
    reason: z.string().meta({ description: 'What happened, in one word for programs.' }),
    message: z.string().meta({ description: 'What happened, for people.' }),
    count: z.int().meta({ description: 'How often.' }),
    firstTimestamp: z.string().meta({ description: 'When first, RFC 3339.' }),
    lastTimestamp: z.string().meta({ description: 'When last, RFC 3339.' }),
    source: z
      .object({ component: z.string().meta({ description: 'Its name.' }) })
      .meta({ description: 'Which part of the platform says so.' }),
  }),
  selectableFields: [
    'involvedObject.apiVersion',
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
  columns: [
    { name: 'Last seen', path: '.lastTimestamp', type: 'date' },
    { name: 'Type', path: '.type', type: 'string' },
    { name: 'Reason', path: '.reason', type: 'string' },
    { name: 'Object', path: '.involvedObject', type: 'string' },
    { name: 'Message', path: '.message', type: 'string' },
  ],
});
export type Event = ObjectOf<typeof EventKind> & z.infer<NonNullable<typeof EventKind.body>>;
