import { apiVersionOf, type FieldSet, type KindDefinition, type KindObject } from '@causeway/model';
import { difference, intersection, isEmpty, leaf, noFields, union } from './field-set.ts';
import { allFieldsOfValue } from './fields-of-value.ts';
import { inVersion, versionsOf } from './kind-versions.ts';
import type { Manager, Managers } from './managers.ts';
import { objectType } from './object-type.ts';
import { type Stays, withoutFields } from './remove-fields.ts';
import { withNamedFields } from './schema-sets.ts';

const fieldsIn = (kind: KindDefinition, object: KindObject): FieldSet =>
  allFieldsOfValue(objectType(kind), object);

const without = (kind: KindDefinition, object: KindObject, fields: FieldSet, stays: Stays): KindObject =>
  (withoutFields(objectType(kind), object, fields, stays) ?? {}) as KindObject;

/** What somebody applies in this version: it is wanted, even empty. */
const appliedIn = (managers: Managers, version: string): FieldSet =>
  [...managers.values()]
    .filter(({ operation, apiVersion }) => operation === 'Apply' && apiVersion === version)
    .reduce((all, { fields }) => union(all, fields), noFields);

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

/** Owned fields by the version in which they are named, the given one first. */
const ownedByVersion = (managers: Managers, first: string): Map<string, FieldSet> => {
  const owned = new Map([[first, noFields]]);
  for (const { apiVersion, fields } of managers.values())
    owned.set(apiVersion, union(owned.get(apiVersion) ?? noFields, fields));
  return owned;
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
  const all = inVersion(merged, kind, at);
  const applied = difference(withNamedFields(last.fields, objectType(at)), metadataContainers);
  // While this is worked out, what is empty is there: otherwise its owners would be missed.
  let left = without(at, all, applied, 'all');
  // Removing a container took along what others own inside: that is put back …
  for (const [apiVersion, owned] of ownedByVersion(managers, apiVersionOf(at))) {
    const as = versions.get(apiVersion) ?? at;
    const whole = inVersion(all, at, as);
    const kept = union(fieldsIn(as, inVersion(left, at, as)), withNamedFields(owned, objectType(as)));
    left = inVersion(without(as, whole, difference(fieldsIn(as, whole), kept), 'all'), as, at);
  }
  // … and so is what was never applied from here and nobody owns.
  const gone = intersection(difference(fieldsIn(at, all), fieldsIn(at, left)), applied);
  return inVersion(without(at, all, gone, appliedIn(managers, apiVersionOf(at))), at, kind);
};
