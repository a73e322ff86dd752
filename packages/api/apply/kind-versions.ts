import { validateObject } from '@causeway/engine';
import {
  apiVersionOf,
  type Fields,
  fromStoredVersion,
  isFields,
  type KindDefinition,
  type KindObject,
  servedKinds,
  storedKind,
  toStoredVersion,
} from '@causeway/model';
import type { z } from 'zod';

const families = new WeakMap<KindDefinition, ReadonlyMap<string, KindDefinition>>();

/** A kind in all versions that are served in its group, by apiVersion. The one given is itself among them. */
export const versionsOf = (kind: KindDefinition): ReadonlyMap<string, KindDefinition> => {
  const known = families.get(kind);
  if (known) return known;
  const stored = storedKind(kind);
  const groups = kind.group === stored.group ? [] : [kind.group];
  const served = servedKinds(stored, groups).filter(({ group }) => group === kind.group);
  const all = new Map(served.map(one => [apiVersionOf(one), one]));
  all.set(apiVersionOf(kind), kind);
  families.set(kind, all);
  return all;
};

const halves = ['spec', 'status'] as const;

/** Conversions are made for objects with their defaults. */
const withDefaults = (kind: KindDefinition, object: KindObject): KindObject => {
  const complete = { ...object };
  for (const half of halves) {
    if (half === 'status' && object.status === undefined) continue;
    const parsed = kind[half].safeParse(object[half] ?? {});
    if (parsed.success) complete[half] = parsed.data as Fields;
  }
  return complete;
};

const converted = (object: KindObject, from: KindDefinition, to: KindDefinition): KindObject => {
  const stored = from.versionOf ? toStoredVersion(from.versionOf, object) : object;
  return to.versionOf ? fromStoredVersion(to.versionOf, stored) : stored;
};

/** An object of one version as another has it. Throws `Invalid` for one that is none of its version, unless it converts all the same. */
export const inVersion = (object: KindObject, from: KindDefinition, to: KindDefinition): KindObject => {
  if (apiVersionOf(from) === apiVersionOf(to)) return object;
  try {
    return converted(withDefaults(from, object), from, to);
  } catch (error) {
    validateObject(from, object, undefined, 'all');
    throw error;
  }
};

const emptied = (value: unknown): unknown => (Array.isArray(value) ? [] : isFields(value) ? {} : value);

/**
 * `part` with the field on the way to a path that it lacks: empty if that may be, as in `whole` if not even that will do. Of
 * items all come back.
 */
const restored = (part: unknown, whole: unknown, path: readonly PropertyKey[]): unknown => {
  const [name, ...rest] = path;
  if (typeof name !== 'string' || !isFields(part) || !isFields(whole)) return whole;
  const inner = Object.hasOwn(part, name) ? restored(part[name], whole[name], rest) : emptied(whole[name]);
  return { ...part, [name]: inner };
};

/** More often than any schema of ours is deep. */
const attempts = 8;

const restoredHalf = (schema: z.ZodType, part: unknown, whole: unknown): unknown => {
  let now = part;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { error } = schema.safeParse(now);
    if (!error) return now;
    now = error.issues.reduce((so, { path }) => restored(so, whole, path), now);
  }
  return whole;
};

/** What is left of an object, with what its schema requires from when it was whole: so that it can be converted. */
export const convertible = (kind: KindDefinition, left: KindObject, whole: KindObject): KindObject => {
  const complete = { ...left };
  for (const half of halves)
    if (whole[half] !== undefined)
      complete[half] = restoredHalf(kind[half], left[half] ?? {}, whole[half]) as Fields;
  return complete;
};
