import { type Fields, isFields, setField } from '@causeway/model';
import {
  type FieldType,
  isAtomic,
  isOtherShape,
  type ListType,
  type MapType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { elementOf } from './list-items.ts';

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const mergeMaps = (map: MapType, live: unknown, applied: unknown): Fields | undefined => {
  const before = isFields(live) ? live : {};
  const after = isFields(applied) ? applied : {};
  const merged: Fields = {};
  let some = false;
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const mine = Object.hasOwn(before, name) ? before[name] : undefined;
    const theirs = Object.hasOwn(after, name) ? after[name] : undefined;
    const type = typeOfField(map, name);
    const value = type ? mergeValues(type, mine, theirs) : (theirs ?? mine);
    if (value === undefined) continue;
    setField(merged, name, value);
    some = true;
  }
  return some ? merged : undefined;
};

/**
 * Items of both, merged with their namesakes. The order is the applied one where it says something; items that only the
 * live list has keep their place between their neighbours.
 */
const mergeLists = (list: ListType, live: unknown, applied: unknown): unknown[] | undefined => {
  const before = Array.isArray(live) ? live : [];
  const after = Array.isArray(applied) ? applied : [];
  const names = before.map(item => elementOf(list, item));
  const wanted = after.map(item => elementOf(list, item));
  const mine = new Map<string, unknown>();
  // A live item that is there twice is no one’s counterpart.
  for (const [index, name] of names.entries()) mine.set(name, mine.has(name) ? null : before[index]);
  const theirs = new Set(wanted);
  const shared = wanted.filter(name => mine.has(name));
  const merged: unknown[] = [];
  const done = new Set<string>();
  const take = (name: string, a: unknown, b: unknown): void => {
    const value = mergeValues(list.item, a, b);
    if (value !== undefined) merged.push(value);
    if (b !== undefined) done.add(name);
  };
  let nextShared = 0;
  for (let i = 0, j = 0; i < names.length || j < wanted.length; ) {
    const name = names[i];
    const want = wanted[j];
    if (name !== undefined && want !== undefined) {
      if (name === want) {
        take(name, mine.get(name), after[j]);
        i += 1;
        j += 1;
        nextShared += 1;
        continue;
      }
      const next = shared[nextShared];
      if (theirs.has(name) && next !== undefined && next !== name) {
        i += 1;
        continue;
      }
    }
    if (name !== undefined) {
      if (!theirs.has(name)) {
        take(name, before[i], undefined);
        i += 1;
        continue;
      }
      if (done.has(name)) i += 1;
    }
    if (want !== undefined) {
      take(want, mine.get(want), after[j]);
      if (shared[nextShared] === want) nextShared += 1;
      j += 1;
    }
  }
  return merged.length > 0 ? merged : undefined;
};

/**
 * What `live` becomes when `applied` is laid over it: nothing is removed, a leaf is the applied one where there is one.
 * Neither argument is changed; parts of both are in the result.
 */
export const mergeValues = (type: FieldType, live: unknown, applied: unknown): unknown => {
  if (isOtherShape(type, live, applied)) return mergeValues(type, undefined, applied);
  const one = typeOfValue(type, applied === undefined || applied === null ? live : applied);
  if (isAtomic(one) || (isNothing(live) && isNothing(applied))) return applied === undefined ? live : applied;
  if (one.map) return mergeMaps(one.map, live, applied);
  return one.list ? mergeLists(one.list, live, applied) : applied;
};
