import { type FieldSet, type Fields, isFields, setField } from '@causeway/model';
import { isMember } from './field-set.ts';
import {
  type FieldType,
  isAtomic,
  type ListType,
  type MapType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { elementOf } from './list-items.ts';
import { fieldElement } from './path-element.ts';

/** What is left of a field whose node in the set this is; `undefined` when it goes. */
const left = (type: FieldType | undefined, value: unknown, node: FieldSet | undefined): unknown => {
  if (!node) return value;
  if (isMember(node)) return undefined;
  return type ? withoutFields(type, value, node) : value;
};

const fromMap = (map: MapType, value: Fields, set: FieldSet): Fields => {
  const kept: Fields = {};
  for (const name of Object.keys(value)) {
    const rest = left(typeOfField(map, name), value[name], set[fieldElement(name)]);
    if (rest !== undefined) setField(kept, name, rest);
  }
  return kept;
};

const fromList = (list: ListType, value: readonly unknown[], set: FieldSet): unknown[] =>
  value.flatMap(item => {
    const rest = left(list.item, item, set[elementOf(list, item)]);
    return rest === undefined ? [] : [rest];
  });

/** A value without the fields and items that are members of the set; `undefined` when nothing of it is left. */
export const withoutFields = (type: FieldType, value: unknown, set: FieldSet): unknown => {
  const one = typeOfValue(type, value);
  if (isAtomic(one)) return one.scalar ? value : undefined;
  if (one.map && isFields(value)) {
    const kept = fromMap(one.map, value, set);
    return Object.keys(kept).length > 0 ? kept : undefined;
  }
  if (one.list && Array.isArray(value)) {
    const kept = fromList(one.list, value, set);
    return kept.length > 0 ? kept : undefined;
  }
  return undefined;
};
