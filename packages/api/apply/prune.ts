import { apiVersionOf, type FieldSet, type KindDefinition, type KindObject } from '@causeway/model';
import { compareValues } from './compare.ts';
import { difference, intersection, isEmpty, leaf, noFields, union } from './field-set.ts';
import { allFieldsOfValue } from './fields-of-value.ts';
import { convertible, inVersion, versionsOf } from './kind-versions.ts';
import type { Manager, Managers } from './managers.ts';
import { objectType } from './object-type.ts';
import { type Stays, withoutFields } from './remove-fields.ts';
import { withNamedFields } from './schema-sets.ts';

const fieldsIn = (kind: KindDefinition, object: KindObject): FieldSet =>
  allFieldsOfValue(objectType(kind), object);

const without = (kind: KindDefinition, object: KindObject, fields: FieldSet, stays: Stays): KindObject =>
  (withoutFields(objectType(kind), object, fields, stays) ?? {}) as KindObject;

/**
 * What the platform itself notes in here has no manager and is no default: fields and items go one by one, and never because
 * nobody manages any of them.
 */
const metadataContainers: FieldSet = {
  'f:metadata': {
    '.': leaf,
    'f:labels': leaf,
    'f:annotations': leaf,
    'f:finalizers': leaf,
    'f:ownerReferences': leaf,
  },
};

/** Owned fields by the version in which they are named. Empty labels and the like are the same as none: they are nobody’s. */
const ownedByVersion = (managers: Managers): Map<string, FieldSet> => {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of managers.values())
    owned.set(apiVersion, union(owned.get(apiVersion) ?? noFields, difference(fields, metadataContainers)));
  return owned;
};

/** What is gone, or is a default again. */
const lostBetween = (kind: KindDefinition, before: KindObject, after: KindObject): FieldSet => {
  const { removed, modified } = compareValues(objectType(kind), before, after);
  return union(removed, modified);
};

/**
 * Of the fields of `all` that would be lost, those that nobody owns by their names in another version. Only whole objects can be
 * converted: what the schema requires is not lost.
 */
const lostInVersion = (
  at: KindDefinition,
  as: KindDefinition,
  all: KindObject,
  lost: FieldSet,
  owned: FieldSet,
): FieldSet => {
  const left = convertible(at, without(at, all, lost, 'all'), all);
  const lostHere = intersection(lost, lostBetween(at, all, left));
  const whole = inVersion(all, at, as);
  const lostThere = lostBetween(as, whole, inVersion(left, at, as));
  const theirs = withNamedFields(owned, objectType(as));
  if (isEmpty(intersection(lostThere, theirs))) return lostHere;
  const kept = convertible(as, without(as, whole, difference(lostThere, theirs), 'all'), whole);
  return intersection(lostHere, lostBetween(at, all, inVersion(kept, as, at)));
};

/**
 * Removes what someone applied last time and does not apply this time, unless another owns it: a field, an item of a list
 * or a map. `managers` hold the new set of who applies. Of a removed container, what others own in it stays.
 */
export const pruned = (
  kind: KindDefinition,
  merged: KindObject,
  managers: Managers,
  last: Manager | undefined,
): KindObject => {
  if (!last || isEmpty(last.fields)) return merged;
  const versions = versionsOf(kind);
  const at = versions.get(last.apiVersion) ?? kind;
  const version = apiVersionOf(at);
  const owned = ownedByVersion(managers);
  const all = inVersion(merged, kind, at);
  const everything = fieldsIn(at, all);
  const applied = difference(withNamedFields(last.fields, objectType(at)), metadataContainers);
  // Removing a container takes along what others own inside: that is put back …
  const kept = union(
    fieldsIn(at, without(at, all, applied, 'all')),
    withNamedFields(owned.get(version) ?? noFields, objectType(at)),
  );
  let lost = difference(everything, fieldsIn(at, without(at, all, difference(everything, kept), 'all')));
  for (const [other, fields] of owned) {
    const as = versions.get(other);
    if (as && other !== version) lost = lostInVersion(at, as, all, lost, fields);
  }
  // … and so is what was never applied from here and nobody owns.
  const gone = intersection(lost, applied);
  // What is emptied goes, too, unless it is somebody’s.
  const left = without(at, all, gone, owned.get(version));
  if (at === kind) return left;
  const here = inVersion(convertible(at, left, all), at, kind);
  const { removed } = compareValues(objectType(kind), merged, here);
  return without(kind, here, removed, owned.get(apiVersionOf(kind)));
};
