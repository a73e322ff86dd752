import { type FieldSet, type Fields, isFields } from '@causeway/model';
import { type Draft, leaf } from './field-set.ts';
import {
  type FieldType,
  isAtomic,
  type ListType,
  type MapType,
  typeOfField,
  typeOfValue,
} from './field-type.ts';
import { nameOf } from './list-items.ts';
import { fieldElement } from './path-element.ts';

// Nodes made here are frozen, have their names in order, and are the same where they repeat: so they can be shared as they are.

/** What the sets of all maps have in common that hold the same names. */
interface Shape {
  /** In order, with their types; without those that there may not be. */
  readonly fields: readonly { readonly name: string; readonly element: string; readonly type: FieldType }[];
  /** The set when nothing is below any of the names. */
  readonly flat: FieldSet;
  /** The set made last, and what is below its names: most often the next is the same. */
  latest: { readonly set: FieldSet; readonly below: readonly FieldSet[] } | undefined;
}

/** Where a walk over the names of a map has come to. */
interface Step {
  readonly next: Map<string, Step>;
  shape: Shape | undefined;
}

interface Steps {
  readonly first: Step;
  count: number;
}

/** So many steps are kept of a map: labels may be called anything. */
const maxSteps = 1024;
const stepsOf = new WeakMap<MapType, Steps>();

const newStep = (): Step => ({ next: new Map(), shape: undefined });

const setOf = (fields: Shape['fields'], isMember: boolean, below?: readonly FieldSet[]): FieldSet => {
  if (fields.length === 0) return leaf;
  const node: Draft = isMember ? { '.': leaf } : {};
  for (let at = 0; at < fields.length; at++)
    node[(fields[at] as (typeof fields)[number]).element] = below?.[at] ?? leaf;
  return Object.freeze(node);
};

const newShape = (map: MapType, value: object, isMember: boolean): Shape => {
  const names = Object.keys(value).filter(name => (value as Fields)[name] !== undefined);
  const fields = names.sort().flatMap(name => {
    const type = typeOfField(map, name);
    return type ? [{ name, element: fieldElement(name), type }] : [];
  });
  return { fields, flat: setOf(fields, isMember), latest: undefined };
};

const shapeOf = (map: MapType, value: object, isMember: boolean): Shape => {
  let steps = stepsOf.get(map);
  if (!steps || steps.count > maxSteps) {
    steps = { first: newStep(), count: 0 };
    stepsOf.set(map, steps);
  }
  let step = steps.first;
  for (const name in value) {
    if ((value as Fields)[name] === undefined) continue;
    let next = step.next.get(name);
    if (!next) {
      next = newStep();
      step.next.set(name, next);
      steps.count += 1;
    }
    step = next;
  }
  step.shape ??= newShape(map, value, isMember);
  return step.shape;
};

/**
 * The fields of a map that comes or goes with all that is in it. Of one map either all sets are asked for with itself as a member,
 * or none.
 */
export const wholeMap = (map: MapType, value: object, isMember: boolean): FieldSet => {
  const shape = shapeOf(map, value, isMember);
  const { fields, latest } = shape;
  const below: FieldSet[] = [];
  let isFlat = true;
  let isLatest = latest !== undefined;
  for (let at = 0; at < fields.length; at++) {
    const { name, type } = fields[at] as (typeof fields)[number];
    const node = whole(type, (value as Fields)[name]);
    below.push(node);
    isFlat &&= node === leaf;
    isLatest &&= node === latest?.below[at];
  }
  if (isFlat) return shape.flat;
  if (latest && isLatest) return latest.set;
  const set = setOf(fields, isMember, below);
  shape.latest = { set, below };
  return set;
};

interface Item {
  readonly element: string;
  readonly below: FieldSet;
}

const byElement = (a: Item, b: Item): number => (a.element < b.element ? -1 : a.element > b.element ? 1 : 0);

const inOrder = (items: Item[]): Item[] => {
  for (let at = 1; at < items.length; at++)
    if (byElement(items[at - 1] as Item, items[at] as Item) > 0) return items.sort(byElement);
  return items;
};

/** Of items in order. Those that are there more than once cannot be told apart: their name stands for all of them. */
const listNode = (items: readonly Item[]): FieldSet => {
  // Its names are like no other’s: as a dictionary, which is what has no prototype, it is made in half the time.
  const node: Draft = Object.create(null);
  node['.'] = leaf;
  let last = '';
  for (const { element, below } of items) {
    node[element] = element === last ? leaf : below;
    last = element;
  }
  return Object.freeze(node);
};

const haveTheSame = (a: FieldSet, b: FieldSet): boolean => {
  let more = 0;
  for (const element in a) {
    if (a[element] !== b[element]) return false;
    more += 1;
  }
  for (const _ in b) more -= 1;
  return more === 0;
};

/** Nodes made lately of a list, by the first of their names. */
const latestOf = new WeakMap<ListType, Map<string, FieldSet>>();
/** So many are kept: lists whose items are called the same everywhere are few. */
const maxLatest = 64;

const wholeList = (list: ListType, value: readonly unknown[]): FieldSet => {
  const items: Item[] = [];
  for (const item of value) {
    const element = nameOf(list, item);
    if (element !== undefined) items.push({ element, below: whole(list.item, item) });
  }
  const [first] = inOrder(items);
  if (!first) return leaf;
  const node = listNode(items);
  const latest = latestOf.get(list) ?? new Map<string, FieldSet>();
  const known = latest.get(first.element);
  if (known && haveTheSame(known, node)) return known;
  if (latest.size >= maxLatest) latest.clear();
  latestOf.set(list, latest.set(first.element, node));
  return node;
};

/** Nothing, or holding nothing. */
export const isNothing = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
};

/** What is below a field that comes or goes with all that is in it. */
export const whole = (type: FieldType, value: unknown): FieldSet => {
  if (typeof value !== 'object' || isNothing(value)) return leaf;
  const one = typeOfValue(type, value);
  if (isAtomic(one)) return leaf;
  if (one.map) return isFields(value) ? wholeMap(one.map, value, true) : leaf;
  return one.list && Array.isArray(value) ? wholeList(one.list, value) : leaf;
};
