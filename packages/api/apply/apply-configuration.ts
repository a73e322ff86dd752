import { samePlain } from '@causeway/engine';
import { apiVersionOf, type FieldSet, type Fields, type KindObject, PlatformError } from '@causeway/model';
import { problemsWith } from './check-value.ts';
import { applyConflict } from './conflict.ts';
import {
  changesOf,
  type Operation,
  presentManagers,
  takenFrom,
  updateManagers,
  withoutTaken,
} from './field-manager.ts';
import { difference, differenceBelow, isEmpty } from './field-set.ts';
import { fieldsOfValue } from './fields-of-value.ts';
import { clientSideApplier, fieldsFromClientSide, withLastApplied } from './last-applied.ts';
import { entriesOf, identityOf, type Managers, managersOf, unmanaged } from './managers.ts';
import { mergeValues } from './merge-values.ts';
import { objectType, untouched } from './object-type.ts';
import { pruned } from './prune.ts';

export interface Application extends Operation {
  /** The fields that the manager wants, and no others. */
  readonly configuration: Fields;
  /** Takes over what others manage. */
  readonly force: boolean;
}

const withoutManagers = ({ metadata, ...rest }: KindObject): KindObject => {
  const { managedFields: _managedFields, ...others } = metadata;
  return { ...rest, metadata: others };
};

/** Objects that nobody was tracked for belong to this manager when someone applies for the first time. */
const untracked = 'before-first-apply';

const managersBefore = (application: Application, live: KindObject | undefined): Managers => {
  const known = managersOf(live?.metadata.managedFields) ?? new Map();
  if (known.size > 0 || !live) return known;
  const { apiVersion, kind } = live;
  const nothing = { apiVersion, kind } as KindObject;
  return updateManagers({ ...application, manager: untracked }, known, nothing, live);
};

/** Conflicts with what client-side apply left are none when the same kubectl goes on server-side. */
const conflictsLeft = (
  { kind, manager }: Application,
  live: KindObject | undefined,
  taken: ReadonlyMap<string, FieldSet>,
): ReadonlyMap<string, FieldSet> => {
  if (manager !== clientSideApplier || taken.size === 0 || !live) return taken;
  const allowed = fieldsFromClientSide(kind, live);
  const left = new Map<string, FieldSet>();
  for (const [id, fields] of taken) {
    const others = difference(fields, allowed);
    if (!isEmpty(others)) left.set(id, others);
  }
  return left;
};

/** So many problems are told, and so much of each: there may be as many as the configuration has letters. */
const told = 8;
const toldLetters = 200;

const shownProblems = (problems: readonly string[]): string => {
  const shown = problems.slice(0, told).map(one => one.slice(0, toldLetters));
  if (problems.length === 1) return shown[0] ?? '';
  if (problems.length > told) shown.push(`and ${problems.length - told} more`);
  return `errors:\n${shown.map(one => `  ${one}`).join('\n')}`;
};

/** Throws when the configuration cannot be one of this kind. Its field names and lists are checked; values are the store’s to judge. */
export const checkConfiguration = (application: Application): void => {
  const { kind, configuration } = application;
  const problems = problemsWith(objectType(kind), configuration);
  if (problems.length === 0) return;
  const { metadata } = configuration as { metadata?: { name?: unknown; namespace?: unknown } };
  const [namespace, name] = [metadata?.namespace, metadata?.name].map(one => String(one ?? '').slice(0, 80));
  throw new PlatformError(
    'BadRequest',
    `failed to create typed patch object (${namespace}/${name}; ${apiVersionOf(kind)}, Kind=${kind.kind}): ${shownProblems(problems)}`,
    { kind: kind.plural, next: `See the fields it has: kubectl explain ${kind.singular} --recursive` },
  );
};

/**
 * Server-side apply (Kubernetes, "Server-Side Apply"): what `live` becomes when a manager says which fields it wants. What
 * it wanted before and does not want now goes, unless another owns it. Throws `ApplyConflict` where it would change what
 * another manages. Defaults are not filled in. `live` is `undefined` when there is none yet.
 */
export const applyConfiguration = (application: Application, live: KindObject | undefined): KindObject => {
  const { kind, configuration, manager, subresource, force, now } = application;
  const type = objectType(kind);
  const apiVersion = apiVersionOf(kind);
  const before = live ? withoutManagers(live) : ({ apiVersion, kind: kind.kind } as KindObject);
  const managers = presentManagers(managersBefore(application, live), kind);

  const self = { manager, operation: 'Apply', apiVersion, subresource } as const;
  const id = identityOf(self);
  const earlier = managers.get(id);
  const wanted = differenceBelow(fieldsOfValue(type, configuration), untouched(kind, subresource));
  managers.set(id, { ...self, time: earlier?.time, fields: wanted });

  const merged = mergeValues(type, before, configuration);
  const left = pruned(kind, merged as KindObject, managers, earlier);
  // What is emptied goes, but an empty list may be wanted.
  const next = left === merged ? left : (mergeValues(type, left, configuration) as KindObject);
  const changes = changesOf(application, before, next);
  const taken = takenFrom(managers, id, changes);
  if (!force) {
    const conflicts = conflictsLeft(application, live, taken);
    if (conflicts.size > 0) throw applyConflict(kind, managers, conflicts);
  }
  withoutTaken(managers, id, taken, changes);
  // Applying what is already so makes no change that would have a time.
  const time = samePlain(before, next) ? earlier?.time : now;
  managers.set(id, { ...self, time, fields: difference(wanted, unmanaged) });

  const object = manager === clientSideApplier ? withLastApplied(next, configuration) : next;
  const managedFields = entriesOf(managers);
  return {
    ...object,
    metadata: { ...object.metadata, ...(managedFields ? { managedFields } : {}) },
  };
};
