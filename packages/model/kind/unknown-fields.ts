import type { KindDefinition } from './define-kind.ts';
import type { FieldPath } from './field-path.ts';
import { type FieldSchema, fieldsOf } from './field-schema.ts';
import { isFields } from './fields.ts';

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

const within = (schema: FieldSchema | undefined, value: unknown, path: FieldPath): UnknownField[] => {
  if (!schema) return [];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    // The choice that explains the value best is the one that was meant.
    const found = choices.map(choice => within(choice, value, path));
    return found.reduce((best, one) => (one.length < best.length ? one : best));
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => within(schema.items, item, [...path, index]));
  if (!isFields(value)) return [];
  const { properties, additionalProperties } = schema;
  if (!properties && !additionalProperties) return [];
  return Object.keys(value).flatMap(name => {
    const inner = [...path, name];
    if (properties && Object.hasOwn(properties, name)) return within(properties[name], value[name], inner);
    if (typeof additionalProperties === 'object') return within(additionalProperties, value[name], inner);
    return additionalProperties === true ? [] : [{ path: inner, known: Object.keys(properties ?? {}) }];
  });
};

/** Fields of an object that its kind does not have, in the order in which they stand. */
export const findUnknownFields = (
  kind: KindDefinition,
  object: Readonly<Record<string, unknown>>,
): UnknownField[] => {
  const fields = fieldsOf(kind);
  const known = ['apiVersion', 'kind', 'metadata', ...Object.keys(fields)];
  return Object.entries(object).flatMap(([name, value]) => {
    if (name === 'apiVersion' || name === 'kind') return [];
    if (name === 'metadata')
      return Object.keys(isFields(value) ? value : {})
        .filter(field => !metadataFields.includes(field))
        .map(field => ({ path: [name, field], known: metadataFields }));
    return Object.hasOwn(fields, name) ? within(fields[name], value, [name]) : [{ path: [name], known }];
  });
};
