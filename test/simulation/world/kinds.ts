import { defineKind, type KindObject } from '@causeway/model';
import { z } from 'zod';

/** What people change. Its controller mirrors `value` to the status and keeps as many parts as it says. */
export const WidgetKind = defineKind({
  kind: 'Widget',
  plural: 'widgets',
  description: 'A thing of the simulation.',
  scope: 'Cluster',
  spec: z.object({
    /** The write that made this version, so that each can be recognised. */
    write: z.string(),
    /** One more with each write that changes it. */
    count: z.int(),
    parts: z.int(),
  }),
  status: z.object({ write: z.string() }),
  selectableFields: ['spec.parts'],
});

/** What the controller makes, owned by its widget. */
export const PartKind = defineKind({
  kind: 'Part',
  plural: 'parts',
  description: 'A part of a widget.',
  scope: 'Cluster',
  naming: 'subdomain',
  spec: z.object({ index: z.int() }),
  status: z.object({}),
});

export type Widget = KindObject<{ write: string; count: number; parts: number }, { write: string }>;

export const simulatedKinds = [WidgetKind, PartKind];

export const finalizer = 'causeway.dev/simulation';
