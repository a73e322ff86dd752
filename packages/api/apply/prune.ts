import { apiVersionOf, type FieldSet, type KindDefinition, type KindObject } from '@causeway/model';
import { compareValues } from './compare.ts';
import { difference, includes, intersection, isEmpty, leaf, noFields, union } from './field-set.ts';
import { fieldsOfValue } from './fields-of-value.ts';
import { convertible, inVersion, versionsOf } from './kind-versions.ts';
import { identityOf, type Manager, type Managers } from './managers.ts';
import { mergeValues } from './merge-values.ts';
import { objectType } from './object-type.ts';
import { type Stays, withoutFields } from './remove-fields.ts';
import { withNamedFields } from './schema-sets.ts';

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

/** What is never taken away as a whole. */
const always: FieldSet = { ...metadataContainers, 'f:spec': leaf, 'f:status': leaf };

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
 * Of the fields of `all` that would go, those that are to stay since somebody owns them by their names in another version, and
 * those that go. Only whole objects can be converted: what the schema requires is in neither.
 */
const goneInVersion = (
  at: KindDefinition,
  as: KindDefinition,
  all: KindObject,
  gone: FieldSet,
  owned: FieldSet,
): { readonly held: FieldSet; readonly gone: FieldSet } => {
  const left = convertible(at, without(at, all, gone, 'all'), all);
  const lostHere = intersection(gone, lostBetween(at, all, left));
  const whole = inVersion(all, at, as);
  const there = inVersion(left, at, as);
  const type = objectType(as);
  const theirs = intersection(lostBetween(as, whole, there), withNamedFields(owned, type));
  if (isEmpty(theirs)) return { held: noFields, gone: lostHere };
  const others = difference(withNamedFields(fieldsOfValue(type, whole), type), withNamedFields(theirs, type));
  const kept = mergeValues(type, there, without(as, whole, others, 'all')) as KindObject;
  const lost = lostBetween(at, all, inVersion(kept, as, at));
  return { held: difference(lostHere, lost), gone: intersection(lostHere, lost) };
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
  const present = managers.get(identityOf(last));
  if (present?.apiVersion === last.apiVersion && includes(present.fields, last.fields)) return merged;
  const versions = versionsOf(kind);
  const at = versions.get(last.apiVersion) ?? kind;
  const version = apiVersionOf(at);
  const owned = ownedByVersion(managers);
  const all = inVersion(merged, kind, at);
  const applied = difference(withNamedFields(last.fields, objectType(at)), always);
  // Above what somebody owns nothing goes, and with what goes all goes that is below it.
  let gone = difference(applied, withNamedFields(owned.get(version) ?? noFields, objectType(at)));
  let held = noFields;
  for (const [other, fields] of owned) {
    const as = versions.get(other);
    if (!as || other === version) continue;
    const found = goneInVersion(at, as, all, gone, fields);
    gone = found.gone;
    held = union(held, found.held);
  }
  // What is emptied goes, too, unless it is somebody’s.
  const left = without(at, all, gone, union(owned.get(version) ?? noFields, held));
  if (at === kind) return left;
  const complete = convertible(at, left, all);
  const here = inVersion(complete, at, kind);
  if (complete.spec === left.spec && complete.status === left.status) return here;
  // What was put back so that it could be converted is for the store to miss.
  const { removed } = compareValues(objectType(kind), merged, here);
  return without(kind, here, removed, owned.get(apiVersionOf(kind)));
};
