import {
  type ErrorCause,
  fieldPathText,
  isFields,
  type KindDefinition,
  type KindObject,
  PlatformError,
} from '@causeway/model';
import { type FieldType, type ListType, typeOfField, typeOfValue } from './field-type.ts';
import { elementOf, NoElement } from './list-items.ts';
import { objectType } from './object-type.ts';

/** Where the walk is now: names of fields, numbers of items. It changes as the walk goes on. */
type Place = (string | number)[];

const lookInList = (list: ListType, value: readonly unknown[], place: Place, into: ErrorCause[]): void => {
  // One alone is no duplicate.
  const seen = value.length < 2 || list.relation === 'atomic' ? undefined : new Set<string>();
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    place.push(index);
    lookIn(list.item, item, undefined, place, into);
    const element = seen && nameOf(list, item);
    if (element !== undefined) {
      if (seen?.has(element))
        into.push({
          reason: 'FieldValueDuplicate',
          field: fieldPathText(place),
          message: `Duplicate value: ${element.slice(2)}`,
        });
      seen?.add(element);
    }
    place.pop();
  }
};

/** What has no key is wrong in itself, and said so by the schema. */
const nameOf = (list: ListType, item: unknown): string | undefined => {
  try {
    return elementOf(list, item);
  } catch (error) {
    if (error instanceof NoElement) return undefined;
    throw error;
  }
};

/** What is the very same as before is not looked at: a patch leaves most of an object as it is. */
const lookIn = (type: FieldType, value: unknown, before: unknown, place: Place, into: ErrorCause[]): void => {
  if (typeof value !== 'object' || value === null || value === before) return;
  const { map, list } = typeOfValue(type, value);
  if (list && Array.isArray(value)) lookInList(list, value, place, into);
  if (!map || !isFields(value)) return;
  const fieldsBefore = isFields(before) ? before : undefined;
  for (const name of Object.keys(value)) {
    const below = value[name];
    const inner = typeof below === 'object' && below !== null ? typeOfField(map, name) : undefined;
    if (!inner) continue;
    place.push(name);
    lookIn(inner, below, fieldsBefore?.[name], place, into);
    place.pop();
  }
};

const duplicatesIn = (type: FieldType, object: object, before?: object): readonly ErrorCause[] => {
  const found: ErrorCause[] = [];
  lookIn(type, object, before, [], found);
  return found;
};

/**
 * Throws `Invalid` when a set or a keyed list holds an item twice. An object that had such lists before their kind said so
 * may still be changed.
 */
export const refuseDuplicates = (kind: KindDefinition, object: object, before?: KindObject): void => {
  const type = objectType(kind);
  const causes = duplicatesIn(type, object, before);
  if (causes.length === 0 || (before && duplicatesIn(type, before).length > 0)) return;
  const { metadata } = object as KindObject;
  const what = causes.map(({ field, message }) => `${field}: ${message}`);
  throw new PlatformError(
    'Invalid',
    `${kind.kind}.${kind.group} "${metadata.name}" is invalid: ${what.length === 1 ? what[0] : `[${what.join(', ')}]`}`,
    { causes, kind: kind.plural, name: metadata.name },
  );
};
