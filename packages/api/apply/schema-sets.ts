import type { FieldSet } from '@causeway/model';
import { type Draft, isMember, leaf, put } from './field-set.ts';
import { type FieldType, isAtomic, typeOfField } from './field-type.ts';

const typeBelow = ({ map, list }: FieldType, element: string): FieldType | undefined => {
  if (element.startsWith('f:')) return map && typeOfField(map, element.slice(2));
  return element.startsWith('i:') ? undefined : list?.item;
};

const mapped = (
  set: FieldSet,
  type: FieldType | undefined,
  change: (node: FieldSet, element: string, below: FieldType | undefined) => FieldSet,
): Draft => {
  const next: Draft = {};
  for (const element in set) {
    const node = set[element] as FieldSet;
    next[element] = element === '.' ? node : change(node, element, type && typeBelow(type, element));
  }
  return next;
};

/** A set with every declared field that has members below it as a member, too: to remove it when it is left empty. */
export const withNamedFields = (set: FieldSet, type: FieldType | undefined): Draft =>
  mapped(set, type, (node, element, below) => {
    if (node === leaf) return leaf;
    const member = isMember(node);
    const inner = withNamedFields(node, below);
    const declared = element.startsWith('f:') && type?.map?.fields.has(element.slice(2));
    return (member || declared) && !isMember(inner) ? put(inner, '.', leaf) : inner;
  });

const fitting = new WeakMap<FieldSet, FieldType>();

/** What was owned in parts when the schema of its time had parts, and is one value now, is owned as one. */
export const fittingSchema = (set: FieldSet, type: FieldType): FieldSet => {
  if (fitting.get(set) === type) return set;
  const fitted = fit(set, type);
  noteFitting(fitted, type);
  return fitted;
};

/** Remembers of a set that was made by the present schema that it fits. */
export const noteFitting = (set: FieldSet, type: FieldType): void => {
  fitting.set(set, type);
};

const fit = (set: FieldSet, type: FieldType): FieldSet => {
  let changed = false;
  const next = mapped(set, type, (node, _element, below) => {
    if (node === leaf || !below) return node;
    const isLeaf = Object.keys(node).every(name => name === '.');
    const fitted = !isLeaf && isAtomic(below) && !below.scalar ? leaf : isLeaf ? node : fit(node, below);
    changed ||= fitted !== node;
    return fitted;
  });
  return changed ? next : set;
};
