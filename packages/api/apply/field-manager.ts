import type { FieldSet, KindDefinition, KindObject, ManagedFieldsEntry } from '@causeway/model';
import { apiVersionOf } from '@causeway/model';
import { withFewUpdaters } from './cap-managers.ts';
import type { Comparison } from './compare.ts';
import { compareValues } from './compare.ts';
import {
  difference,
  differenceBelow,
  includes,
  intersection,
  isEmpty,
  noFields,
  union,
} from './field-set.ts';
import { fieldsOfNew } from './fields-of-new.ts';
import { inVersion, versionsOf } from './kind-versions.ts';
import {
  asShared,
  entriesOf,
  identityOf,
  type Manager,
  type Managers,
  managersOf,
  noteShared,
  unmanaged,
} from './managers.ts';
import { objectType, untouched } from './object-type.ts';
import { fittingSchema, noteFitting } from './schema-sets.ts';

/** Who makes a write, and where. */
export interface Operation {
  readonly kind: KindDefinition;
  readonly manager: string;
  readonly subresource: string;
  /** RFC 3339, whole seconds. Of a change of scale it is not noted: as the kube-apiserver has it. */
  readonly now: string | undefined;
}

const withoutAll = (comparison: Comparison, fields: FieldSet): Comparison =>
  isEmpty(fields)
    ? comparison
    : {
        removed: differenceBelow(comparison.removed, fields),
        modified: differenceBelow(comparison.modified, fields),
        added: differenceBelow(comparison.added, fields),
      };

/** What a write changes, in the names of a version. */
export type Changes = (apiVersion: string) => Comparison;

/** What a write changes, apart from what it cannot change at its address. Each version is looked at when it is asked for. */
export const changesOf = ({ kind, subresource }: Operation, live: KindObject, next: KindObject): Changes => {
  const found = new Map<string, Comparison>();
  return apiVersion => {
    const known = found.get(apiVersion);
    if (known) return known;
    const as = versionsOf(kind).get(apiVersion) ?? kind;
    const [before, after] = [inVersion(live, kind, as), inVersion(next, kind, as)];
    const comparison = withoutAll(compareValues(objectType(as), before, after), untouched(as, subresource));
    found.set(apiVersion, comparison);
    return comparison;
  };
};

/** Managers whose sets fit the present schema; those of versions that are no longer served are forgotten. */
export const presentManagers = (managers: Managers, kind: KindDefinition): Map<string, Manager> => {
  const versions = versionsOf(kind);
  const present = new Map<string, Manager>();
  for (const [id, manager] of managers) {
    const as = versions.get(manager.apiVersion);
    if (!as) continue;
    const fields = fittingSchema(manager.fields, objectType(as));
    present.set(id, fields === manager.fields ? manager : { ...manager, fields });
  }
  return present;
};

/** The fields that others have and this write changes: taken over, or in its way. */
export const takenFrom = (managers: Managers, self: string, changes: Changes): Map<string, FieldSet> => {
  const taken = new Map<string, FieldSet>();
  for (const [id, { apiVersion, fields }] of managers) {
    if (id === self) continue;
    const { modified, added } = changes(apiVersion);
    const common = intersection(fields, union(modified, added));
    if (!isEmpty(common)) taken.set(id, common);
  }
  return taken;
};

/** Takes from all but `self` what is taken over, and what is no longer there. */
export const withoutTaken = (
  managers: Map<string, Manager>,
  self: string,
  taken: ReadonlyMap<string, FieldSet>,
  changes: Changes,
): void => {
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const fields = difference(
      difference(manager.fields, taken.get(id) ?? noFields),
      changes(manager.apiVersion).removed,
    );
    if (isEmpty(fields)) managers.delete(id);
    else if (fields !== manager.fields) managers.set(id, { ...manager, fields });
  }
};

/**
 * Notes that a manager made `next` of `live` by an update. What it added or changed is now its own, and no longer others’;
 * what it removed is nobody’s.
 */
export const updateManagers = (
  operation: Operation,
  before: Managers,
  live: KindObject,
  next: KindObject,
): Managers => {
  const changes = changesOf(operation, live, next);
  const managers = presentManagers(before, operation.kind);
  const self = {
    manager: operation.manager || 'unknown',
    operation: 'Update',
    apiVersion: apiVersionOf(operation.kind),
    subresource: operation.subresource,
  } as const;
  const id = identityOf(self);
  withoutTaken(managers, id, takenFrom(managers, id, changes), changes);
  const comparison = changes(self.apiVersion);
  const earlier = managers.get(id);
  const kept = difference(earlier?.fields ?? noFields, comparison.removed);
  const mine = difference(union(comparison.modified, comparison.added), unmanaged);
  // Mostly someone changes what is its own already: then its set is the very same.
  const fields = asShared(includes(kept, mine) ? kept : union(kept, mine));
  noteFitting(fields, objectType(operation.kind));
  if (isEmpty(fields)) managers.delete(id);
  else managers.set(id, { ...self, time: isEmpty(mine) ? earlier?.time : operation.now, fields });
  return withFewUpdaters(managers);
};

/** What `updateManagers` comes to when there was nothing before. */
const firstManager = ({ kind, manager, subresource, now: time }: Operation, object: KindObject): Managers => {
  const fields = fieldsOfNew(kind, object);
  noteShared(fields);
  noteFitting(fields, objectType(kind));
  const apiVersion = apiVersionOf(kind);
  const self = {
    manager: manager || 'unknown',
    operation: 'Update',
    apiVersion,
    subresource,
    time,
    fields,
  } as const;
  return new Map([[identityOf(self), self]]);
};

/**
 * One empty entry is how a client asks to forget all managers. An empty list is not: clients that know nothing of the field send it.
 */
const isReset = (given: unknown): boolean =>
  Array.isArray(given) &&
  given.length === 1 &&
  typeof given[0] === 'object' &&
  Object.keys(given[0] ?? {}).length === 0;

const startingFrom = (
  live: readonly ManagedFieldsEntry[] | undefined,
  given: readonly ManagedFieldsEntry[] | undefined,
  subresource: string,
): Managers => {
  const known = () => managersOf(live) ?? new Map();
  if (subresource || given === live) return known();
  if (isReset(given)) return new Map();
  const managers = managersOf(given);
  return managers && managers.size > 0 ? managers : known();
};

/**
 * `metadata.managedFields` after a creation, a replacement or a patch. Objects of which no managers are kept (made by the
 * platform itself, or reset) stay so until someone applies to them.
 */
export const managedFieldsAfterUpdate = (
  operation: Operation,
  live: KindObject | undefined,
  next: KindObject,
  given: readonly ManagedFieldsEntry[] | undefined,
): readonly ManagedFieldsEntry[] | undefined => {
  const before = startingFrom(live?.metadata.managedFields, given, operation.subresource);
  if (before.size === 0) return live ? undefined : entriesOf(firstManager(operation, next));
  const { apiVersion, kind } = next;
  return entriesOf(updateManagers(operation, before, live ?? ({ apiVersion, kind } as KindObject), next));
};
