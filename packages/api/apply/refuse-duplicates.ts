import {
  type ErrorCause,
  fieldPathText,
  isFields,
  type KindDefinition,
  type KindObject,
  PlatformError,
} from '@causeway/model';
import { type FieldType, type ListType, typeOfField, typeOfValue } from './field-type.ts';
import { nameOf } from './list-items.ts';
import { objectType } from './object-type.ts';

/** Where the walk is now: names of fields, numbers of items. It changes as the walk goes on. */
type Place = (string | number)[];

const isScalar = (value: unknown): boolean => value !== undefined && typeof value !== 'object';

/** What tells an item apart from others: where that is one value, the value itself, which need not be written out as a name. */
const identityOf = (list: ListType, item: unknown): unknown => {
  const [key, another] = list.keys;
  const one = key === undefined ? item : isFields(item) && another === undefined ? item[key] : undefined;
  return isScalar(one) ? one : nameOf(list, item);
};

const lookInList = (list: ListType, value: readonly unknown[], place: Place, into: ErrorCause[]): void => {
  // One alone is no duplicate.
  const seen = value.length < 2 || list.relation === 'atomic' ? undefined : new Set<unknown>();
  for (let index = 0; index < value.length; index++) {
    const item = value[index];
    place.push(index);
    lookIn(list.item, item, undefined, place, into);
    // What cannot be told apart is wrong in itself, and said so by the schema.
    const identity = seen && identityOf(list, item);
    if (identity !== undefined) {
      if (seen?.has(identity))
        into.push({
          reason: 'FieldValueDuplicate',
          field: fieldPathText(place),
          message: `Duplicate value: ${nameOf(list, item)?.slice(2)}`,
        });
      seen?.add(identity);
    }
    place.pop();
  }
};

/** What is the very same as before is not looked at: a patch leaves most of an object as it is. */
const lookIn = (type: FieldType, value: unknown, before: unknown, place: Place, into: ErrorCause[]): void => {
  if (typeof value !== 'object' || value === null || value === before) return;
  const { map, list } = typeOfValue(type, value);
  if (list && Array.isArray(value)) lookInList(list, value, place, into);
  if (!map || !isFields(value)) return;
  const fieldsBefore = isFields(before) ? before : undefined;
  for (const name in value) {
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
