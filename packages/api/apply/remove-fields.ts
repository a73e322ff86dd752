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

/** Containers that stay when nothing is left in them; the others go with what was in them. */
export type Stays = FieldSet | 'all' | undefined;

const staysBelow = (stays: Stays, element: string): Stays =>
  typeof stays === 'object' ? stays[element] : stays;

const stay = (stays: Stays): boolean => stays === 'all' || (stays !== undefined && isMember(stays));

/** What is left of a field whose node in the set this is; `undefined` when it goes. */
const left = (
  type: FieldType | undefined,
  value: unknown,
  node: FieldSet | undefined,
  stays: Stays,
): unknown => {
  if (!node) return value;
  if (isMember(node)) return undefined;
  return type ? withoutFields(type, value, node, stays) : value;
};

const fromMap = (map: MapType, value: Fields, set: FieldSet, stays: Stays): Fields => {
  const kept: Fields = {};
  for (const name of Object.keys(value)) {
    const element = fieldElement(name);
    const rest = left(typeOfField(map, name), value[name], set[element], staysBelow(stays, element));
    if (rest !== undefined) setField(kept, name, rest);
  }
  return kept;
};

const fromList = (list: ListType, value: readonly unknown[], set: FieldSet, stays: Stays): unknown[] =>
  value.flatMap(item => {
    const element = elementOf(list, item);
    const rest = left(list.item, item, set[element], staysBelow(stays, element));
    return rest === undefined ? [] : [rest];
  });

/** A value without the fields and items that are members of the set; `undefined` when nothing of it is left. */
export const withoutFields = (type: FieldType, value: unknown, set: FieldSet, stays?: Stays): unknown => {
  const one = typeOfValue(type, value);
  if (isAtomic(one)) return one.scalar ? value : undefined;
  if (one.map && isFields(value)) {
    const kept = fromMap(one.map, value, set, stays);
    return Object.keys(kept).length > 0 || stay(stays) ? kept : undefined;
  }
  if (one.list && Array.isArray(value)) {
    const kept = fromList(one.list, value, set, stays);
    return kept.length > 0 || stay(stays) ? kept : undefined;
  }
  return undefined;
};
