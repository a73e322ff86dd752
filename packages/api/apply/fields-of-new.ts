import type { FieldSet, KindDefinition, KindObject } from '@causeway/model';
import { type Draft, leaf, noFields } from './field-set.ts';
import { type FieldType, type MapType, typeOfField } from './field-type.ts';
import { unmanaged } from './managers.ts';
import { objectType, untouched } from './object-type.ts';
import { fieldElement } from './path-element.ts';
import { wholeMap } from './whole-fields.ts';

interface NewType {
  readonly metadata: MapType;
  /** All but the metadata. */
  readonly rest: MapType;
  /** The set made last: most objects of a kind have the same. */
  latest: { readonly metadata: FieldSet; readonly rest: FieldSet; readonly all: FieldSet } | undefined;
}

const types = new WeakMap<KindDefinition, NewType>();

const without = ({ map }: FieldType, fields: FieldSet, also?: string): MapType => ({
  fields: new Map(
    [...(map?.fields ?? [])].filter(([name]) => name !== also && fields[fieldElement(name)] !== leaf),
  ),
  rest: map?.rest,
  atomic: false,
});

const typeOfNew = (kind: KindDefinition): NewType => {
  let type = types.get(kind);
  if (!type) {
    const all = objectType(kind);
    const metadata = (all.map && typeOfField(all.map, 'metadata')) ?? {};
    type = {
      metadata: without(metadata, unmanaged['f:metadata'] ?? noFields),
      rest: without(all, { ...unmanaged, ...untouched(kind, '') }, 'metadata'),
      latest: undefined,
    };
    types.set(kind, type);
  }
  return type;
};

/** A set with one more name, in its place. */
const besides = (set: FieldSet, name: string, below: FieldSet): FieldSet => {
  const all: Draft = {};
  for (const one in set) {
    if (name < one) all[name] ??= below;
    all[one] = set[one] as FieldSet;
  }
  all[name] ??= below;
  return Object.freeze(all);
};

/**
 * What belongs to the manager who makes an object: all of it that can belong to one. Frozen, its names in order, and the same
 * for objects that are alike.
 */
export const fieldsOfNew = (kind: KindDefinition, object: KindObject): FieldSet => {
  const type = typeOfNew(kind);
  const metadata = wholeMap(type.metadata, object.metadata, false);
  const rest = wholeMap(type.rest, object, false);
  const { latest } = type;
  if (latest?.metadata === metadata && latest.rest === rest) return latest.all;
  const all = metadata === leaf ? rest : besides(rest, 'f:metadata', metadata);
  type.latest = { metadata, rest, all };
  return all;
};
