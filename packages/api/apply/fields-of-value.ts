import { type FieldSet, isFields } from '@causeway/model';
import { type Draft, leaf, noFields, put } from './field-set.ts';
import {
  type FieldType,
  isAtomic,
  type ListType,
  type MapType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { itemsByElement } from './list-items.ts';
import { fieldElement } from './path-element.ts';

/** As a member itself; what was collected here may be changed. */
const own = (below: Draft | undefined): FieldSet =>
  below === undefined || below === leaf ? leaf : put(below, '.', leaf);

const ofMap = (map: MapType, value: unknown): Draft | undefined => {
  if (!isFields(value)) return undefined;
  let found: Draft | undefined;
  for (const name of Object.keys(value)) {
    const inner = value[name];
    const type = typeOfField(map, name);
    if (!type || inner === undefined) continue;
    const below = within(type, inner);
    const empty = inner === null || (isFields(inner) && Object.keys(inner).length === 0);
    // What a map’s keys name is its own; a declared field is where it holds something.
    if (empty || !map.fields.has(name)) found = put(found, fieldElement(name), own(below));
    else if (below) found = put(found, fieldElement(name), below);
  }
  return found;
};

const ofList = (list: ListType, value: unknown): Draft | undefined => {
  let found: Draft | undefined;
  for (const [element, items] of itemsByElement(list, value)) {
    const below = items.length === 1 ? within(list.item, items[0]) : undefined;
    found = put(found, element, own(below));
  }
  return found;
};

/** What the set has below a field of this value: `leaf` where the field itself is all there is. */
const within = (type: FieldType, value: unknown): Draft | undefined => {
  const one = typeOfValue(type, value);
  if (isAtomic(one)) return leaf;
  if (one.map) return ofMap(one.map, value);
  return one.list ? ofList(one.list, value) : leaf;
};

/** Every field and item that a value mentions, as a set: the leaves, and the items of lists and maps themselves. */
export const fieldsOfValue = (type: FieldType, value: unknown): FieldSet => within(type, value) ?? noFields;
