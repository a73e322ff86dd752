import { samePlain } from '@causeway/engine';
import { type FieldSet, isFields } from '@causeway/model';
import { type Draft, leaf, noFields, put } from './field-set.ts';
import {
  type FieldType,
  isAtomic,
  isOtherShape,
  type ListType,
  type MapType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { itemsByElement } from './list-items.ts';
import { fieldElement } from './path-element.ts';
import { isNothing, whole } from './whole-fields.ts';

/** What differs between two values. No field is in more than one of the sets. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

interface Differences {
  removed: Draft | undefined;
  modified: Draft | undefined;
  added: Draft | undefined;
}

const none = (): Differences => ({ removed: undefined, modified: undefined, added: undefined });

const compareMaps = (map: MapType, a: unknown, b: unknown, into: Differences): void => {
  const before = isFields(a) ? a : {};
  const after = isFields(b) ? b : {};
  for (const name of Object.keys(after)) {
    const type = typeOfField(map, name);
    if (type && after[name] !== undefined)
      compareField(
        type,
        fieldElement(name),
        Object.hasOwn(before, name) ? before[name] : undefined,
        after[name],
        into,
      );
  }
  for (const name of Object.keys(before)) {
    if (before[name] === undefined || (Object.hasOwn(after, name) && after[name] !== undefined)) continue;
    const type = typeOfField(map, name);
    if (type) compareField(type, fieldElement(name), before[name], undefined, into);
  }
};

/** Items that are there more than once cannot be told apart: their name stands for all of them. */
const compareItems = (
  item: FieldType,
  element: string,
  before: readonly unknown[],
  after: readonly unknown[],
  into: Differences,
): void => {
  if (before.length <= 1 && after.length <= 1) {
    compareField(item, element, before[0], after[0], into);
  } else if (before.length > 1 && after.length > 1) {
    if (!samePlain(before, after)) into.modified = put(into.modified, element, leaf);
  } else if (before.length > 1) {
    if (after.length > 0) compareField(item, element, undefined, after[0], into);
    into.removed = put(into.removed, element, leaf);
  } else {
    if (before.length > 0) compareField(item, element, before[0], undefined, into);
    into.added = put(into.added, element, leaf);
  }
};

const compareLists = (list: ListType, a: unknown, b: unknown, into: Differences): void => {
  const before = itemsByElement(list, a);
  const after = itemsByElement(list, b);
  for (const [element, items] of before)
    compareItems(list.item, element, items, after.get(element) ?? [], into);
  for (const [element, items] of after)
    if (!before.has(element)) compareItems(list.item, element, [], items, into);
};

/** One takes the place of the other, with all that is below it. */
const replaceField = (map: MapType, element: string, a: unknown, b: unknown, into: Differences): void => {
  const below = none();
  compareMaps(map, a, b, below);
  into.modified = put(into.modified, element, leaf);
  if (below.removed) into.removed = put(into.removed, element, below.removed);
  if (below.added) into.added = put(into.added, element, below.added);
};

const compareField = (type: FieldType, element: string, a: unknown, b: unknown, into: Differences): void => {
  if (a === b) return;
  if (a === undefined) {
    into.added = put(into.added, element, whole(type, b));
    return;
  }
  if (b === undefined) {
    into.removed = put(into.removed, element, whole(type, a));
    return;
  }
  if (type.map && isOtherShape(type, a, b)) {
    replaceField(type.map, element, a, b, into);
    return;
  }
  const one = typeOfValue(type, b === null ? a : b);
  if (isAtomic(one) || (isNothing(a) && isNothing(b))) {
    if (!samePlain(a, b)) into.modified = put(into.modified, element, leaf);
    return;
  }
  const below = none();
  if (one.map) compareMaps(one.map, a, b, below);
  else if (one.list) compareLists(one.list, a, b, below);
  if (below.added) into.added = put(into.added, element, below.added);
  if (below.removed) into.removed = put(into.removed, element, below.removed);
  if (below.modified) into.modified = put(into.modified, element, below.modified);
};

/** Compares two objects of one type, field by field; what is atomic as a whole. */
export const compareValues = (type: FieldType, before: unknown, after: unknown): Comparison => {
  const found = none();
  if (type.map && before !== after) compareMaps(type.map, before, after, found);
  return {
    removed: found.removed ?? noFields,
    modified: found.modified ?? noFields,
    added: found.added ?? noFields,
  };
};
