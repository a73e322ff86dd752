import type { KindDefinition } from '@causeway/model';
import { type Fields, isFields } from '../patch/own-field.ts';
import { type FieldSchema, fieldsOf } from './field-schema.ts';

/** What ObjectMeta has in Kubernetes; some of it is only accepted and then left out. */
const metadataFields = new Set([
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
]);

const within = (schema: FieldSchema | undefined, value: unknown, path: string): string[] => {
  if (!schema) return [];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    // The choice that explains the value best is the one that was meant.
    const found = choices.map(choice => within(choice, value, path));
    return found.reduce((best, one) => (one.length < best.length ? one : best));
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => within(schema.items, item, `${path}[${index}]`));
  if (!isFields(value)) return [];
  const { properties, additionalProperties } = schema;
  if (!properties && !additionalProperties) return [];
  return Object.keys(value).flatMap(name => {
    const inner = `${path}.${name}`;
    if (properties && Object.hasOwn(properties, name)) return within(properties[name], value[name], inner);
    if (typeof additionalProperties === 'object') return within(additionalProperties, value[name], inner);
    return additionalProperties === true ? [] : [inner];
  });
};

/** Paths of fields that the kind does not have: `spec.replcas`, `spec.variables[0].valeu`. Sorted. Storing leaves them out. */
export const unknownFields = (kind: KindDefinition, object: Fields): string[] => {
  const fields = fieldsOf(kind);
  const found: string[] = [];
  for (const name of Object.keys(object)) {
    if (name === 'apiVersion' || name === 'kind') continue;
    if (name === 'metadata') {
      if (isFields(object.metadata))
        for (const field of Object.keys(object.metadata))
          if (!metadataFields.has(field)) found.push(`metadata.${field}`);
    } else if (Object.hasOwn(fields, name)) found.push(...within(fields[name], object[name], name));
    else found.push(name);
  }
  return found.sort();
};
