import {
  type ErrorCause,
  isFields,
  type KindDefinition,
  type KindObject,
  PlatformError,
} from '@causeway/model';
import { type FieldType, type ListType, typeOfField, typeOfValue } from './field-type.ts';
import { elementOf, NoElement } from './list-items.ts';
import { objectType } from './object-type.ts';

function* inList(list: ListType, value: readonly unknown[], at: string): Generator<ErrorCause> {
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    yield* inValue(list.item, item, `${at}[${index}]`);
    if (list.relation === 'atomic') continue;
    try {
      const element = elementOf(list, item);
      if (seen.has(element))
        yield {
          reason: 'FieldValueDuplicate',
          field: `${at}[${index}]`,
          message: `Duplicate value: ${element.slice(2)}`,
        };
      seen.add(element);
    } catch (error) {
      // What has no key is wrong in itself, and said so by the schema.
      if (!(error instanceof NoElement)) throw error;
    }
  }
}

function* inValue(type: FieldType, value: unknown, at: string): Generator<ErrorCause> {
  if (typeof value !== 'object' || value === null) return;
  const { map, list } = typeOfValue(type, value);
  if (list && Array.isArray(value)) yield* inList(list, value, at);
  if (!map || !isFields(value)) return;
  for (const name of Object.keys(value)) {
    const inner = typeOfField(map, name);
    if (inner) yield* inValue(inner, value[name], at ? `${at}.${name}` : name);
  }
}

/**
 * Throws `Invalid` when a set or a keyed list holds an item twice. An object that had such lists before their kind said so
 * may still be changed.
 */
export const refuseDuplicates = (kind: KindDefinition, object: object, before?: KindObject): void => {
  const type = objectType(kind);
  const causes = [...inValue(type, object, '')];
  if (causes.length === 0 || (before && !inValue(type, before, '').next().done)) return;
  const { metadata } = object as KindObject;
  const what = causes.map(({ field, message }) => `${field}: ${message}`);
  throw new PlatformError(
    'Invalid',
    `${kind.kind}.${kind.group} "${metadata.name}" is invalid: ${what.length === 1 ? what[0] : `[${what.join(', ')}]`}`,
    { causes, kind: kind.plural, name: metadata.name },
  );
};
