import type { KindDefinition } from './define-kind.ts';
import type { FieldPath } from './field-path.ts';
import { type FieldSchema, fieldsOf } from './field-schema.ts';
import { type Fields, isFields } from './fields.ts';

/** What ObjectMeta has in Kubernetes; some of it is only accepted and then left out. */
const metadataFields = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** A field that its kind does not have, and those it could have had in this place. */
export interface UnknownField {
  readonly path: FieldPath;
  readonly known: readonly string[];
}

/** Puts what is found into `into`. `path` leads here; it changes as the walk goes on. */
const look = (
  schema: FieldSchema | undefined,
  value: unknown,
  path: (string | number)[],
  into: UnknownField[],
): void => {
  if (!schema || typeof value !== 'object' || value === null) return;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    // The choice that explains the value best is the one that was meant.
    const found = choices.map(choice => {
      const here: UnknownField[] = [];
      look(choice, value, path, here);
      return here;
    });
    into.push(...found.reduce((best, one) => (one.length < best.length ? one : best)));
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      look(schema.items, value[index], path, into);
      path.pop();
    }
    return;
  }
  const { properties, additionalProperties } = schema;
  if (!properties && !additionalProperties) return;
  for (const name in value) {
    path.push(name);
    const inner = (value as Fields)[name];
    if (properties && Object.hasOwn(properties, name)) look(properties[name], inner, path, into);
    else if (typeof additionalProperties === 'object') look(additionalProperties, inner, path, into);
    else if (additionalProperties !== true)
      into.push({ path: [...path], known: Object.keys(properties ?? {}) });
    path.pop();
  }
};

/** Fields of an object that its kind does not have, in the order in which they stand. */
export const findUnknownFields = (
  kind: KindDefinition,
  object: Readonly<Record<string, unknown>>,
): UnknownField[] => {
  const fields = fieldsOf(kind);
  const found: UnknownField[] = [];
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (name === 'apiVersion' || name === 'kind') continue;
    if (name === 'metadata') {
      for (const field of Object.keys(isFields(value) ? value : {}))
        if (!metadataFields.includes(field)) found.push({ path: [name, field], known: metadataFields });
    } else if (Object.hasOwn(fields, name)) look(fields[name], value, [name], found);
    else found.push({ path: [name], known: ['apiVersion', 'kind', 'metadata', ...Object.keys(fields)] });
  }
  return found;
};
