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
    involvedObject: z.object({
      apiVersion: z.string(),
      kind: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      uid: z.string().optional(),
    }),
    type: z.enum(['Normal', 'Warning']),
    reason: z.string(),
    message: z.string(),
    count: z.int(),
    firstTimestamp: z.string(),
    lastTimestamp: z.string(),
    source: z.object({ component: z.string() }),
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
