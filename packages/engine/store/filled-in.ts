import type { KindDefinition, KindObject } from '@causeway/model';

/** Of a schema what is needed here; specs that are not objects of fields have none. */
interface Schema {
  readonly shape?: Readonly<Record<string, { safeParse(value: undefined): { readonly data?: unknown } }>>;
}

type Defaults = readonly (readonly [field: string, value: unknown])[];

const known = new WeakMap<KindDefinition, Defaults>();

/** What a kind says of fields that nobody sets. */
const defaultsOf = (kind: KindDefinition): Defaults => {
  const before = known.get(kind);
  if (before) return before;
  const { shape = {} } = kind.spec as Schema;
  const fields = Object.entries(shape).flatMap(([field, schema]) => {
    const { data } = schema.safeParse(undefined);
    return data === undefined ? [] : [[field, data] as const];
  });
  known.set(kind, fields);
  return fields;
};

/** An object with the fields of its spec that came after it was stored: whoever reads it finds them as in one made today. */
export const filledIn = (kind: KindDefinition, object: KindObject): KindObject => {
  const spec = object.spec as Record<string, unknown> | undefined;
  if (kind.body || !spec) return object;
  for (const [field, value] of defaultsOf(kind))
    if (!Object.hasOwn(spec, field)) spec[field] = structuredClone(value);
  return object;
};
