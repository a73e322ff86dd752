import {
  apiVersionOf,
  type KindDefinition,
  type KindObject,
  type NewObject,
  type ObjectMeta,
  PlatformError,
} from '@causeway/model';
import { carryFields } from './carried-fields.ts';
import { clonePlain, samePlain } from './plain.ts';
import { finalizersFor, type Propagation } from './propagation.ts';
import type { ManageFields } from './store.ts';
import { validateObject } from './validate.ts';

/** What a write makes of an object. Pure: the same input gives the same outcome; revision and audit come later. */
export type Transition =
  | { readonly type: 'put'; readonly object: KindObject }
  | { readonly type: 'remove'; readonly object: KindObject }
  | { readonly type: 'none'; readonly object: KindObject };

const given = <T extends object>(fields: T): T => {
  const found = {} as T;
  for (const name in fields) if (fields[name] !== undefined) found[name] = fields[name];
  return found;
};

const emptied = <T extends object>(value: T | undefined): T | undefined =>
  value && (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0) ? value : undefined;

/** Empty labels, annotations, finalizers and owners are the same as none. */
const tidy = (metadata: ObjectMeta): ObjectMeta =>
  given({
    ...metadata,
    labels: emptied(metadata.labels),
    annotations: emptied(metadata.annotations),
    finalizers: emptied(metadata.finalizers),
    ownerReferences: emptied(metadata.ownerReferences),
  }) as ObjectMeta;

type ManagedFields = ObjectMeta['managedFields'];

const withManagedFields = (object: KindObject, managedFields: ManagedFields): KindObject => {
  if (managedFields) object.metadata.managedFields = managedFields;
  else delete object.metadata.managedFields;
  return object;
};

/** Whether the same managers have the same fields; when they last changed something is not compared. */
const sameManagers = (a: ManagedFields, b: ManagedFields): boolean =>
  a === b ||
  (a?.length === b?.length &&
    (a ?? []).every((entry, index) => samePlain({ ...entry, time: '' }, { ...b?.[index], time: '' })));

/** A new object: identity given, defaults filled, status left out. */
export const creation = (
  kind: KindDefinition,
  input: NewObject,
  now: string,
  uid: string,
  manage?: ManageFields,
): KindObject => {
  const { metadata, ...rest } = clonePlain(input) as NewObject & Record<string, unknown>;
  const name = metadata?.name || (metadata?.generateName ? `${metadata.generateName}${uid.slice(0, 5)}` : '');
  if (!name)
    throw new PlatformError('Invalid', `${kind.kind} has no name: set metadata.name`, {
      causes: [{ reason: 'FieldValueRequired', field: 'metadata.name', message: 'must be given' }],
      kind: kind.plural,
    });
  if (kind.scope === 'Namespaced' && !metadata.namespace)
    throw new PlatformError('Invalid', `${kind.kind} "${name}" has no namespace: name the team`, {
      kind: kind.plural,
      name,
    });
  const object = {
    ...rest,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: tidy({
      name,
      generateName: metadata.generateName,
      namespace: kind.scope === 'Namespaced' ? metadata.namespace : undefined,
      uid,
      resourceVersion: '',
      generation: 1,
      creationTimestamp: now,
      labels: metadata.labels,
      annotations: metadata.annotations,
      finalizers: metadata.finalizers,
      ownerReferences: metadata.ownerReferences,
    } as ObjectMeta),
  } as KindObject;
  delete object.status;
  const valid = validateObject(kind, object, undefined, 'all');
  return manage ? withManagedFields(valid, manage(undefined, valid, metadata.managedFields)) : valid;
};

const conflict = (kind: KindDefinition, name: string): PlatformError =>
  new PlatformError(
    'Conflict',
    `Operation cannot be fulfilled on ${kind.plural}${kind.group ? `.${kind.group}` : ''} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { kind: kind.plural, name },
  );

const finalizersAdded = (kind: KindDefinition, name: string, added: readonly string[]): PlatformError => {
  const found = added.map(finalizer => JSON.stringify(finalizer)).join(', ');
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${found}}`;
  return new PlatformError(
    'Invalid',
    `${kind.kind}.${kind.group} "${name}" is invalid: metadata.finalizers: ${message}`,
    {
      causes: [{ reason: 'FieldValueForbidden', field: 'metadata.finalizers', message }],
      kind: kind.plural,
      name,
    },
  );
};

const content = ({ metadata: _metadata, status: _status, ...rest }: KindObject): unknown => rest;

/** What becomes of `current` when someone wants `wanted` instead. */
export const change = (
  kind: KindDefinition,
  current: KindObject,
  wanted: KindObject,
  subresource: 'status' | undefined,
  manage?: ManageFields,
): Transition => {
  const { metadata } = current;
  const version = wanted.metadata?.resourceVersion;
  if (version && version !== metadata.resourceVersion) throw conflict(kind, metadata.name);
  if (wanted.metadata?.uid && wanted.metadata.uid !== metadata.uid) throw conflict(kind, metadata.name);

  const next = wanted.metadata ?? {};
  const nextMetadata = tidy({
    ...metadata,
    labels: next.labels ?? {},
    annotations: next.annotations ?? {},
    finalizers: next.finalizers ?? [],
    ownerReferences: next.ownerReferences ?? [],
  });
  const managedBy = (object: KindObject): ManagedFields =>
    manage ? manage(current, object, next.managedFields) : metadata.managedFields;

  if (subresource === 'status') {
    const object = validateObject(kind, { ...current, status: wanted.status ?? {} }, current, 'status');
    // What else was handed in is not stored, but counts as said: as the kube-apiserver has it.
    const managedFields = managedBy({ ...object, metadata: nextMetadata });
    if (samePlain(object.status, current.status) && sameManagers(managedFields, metadata.managedFields))
      return { type: 'none', object: current };
    return {
      type: 'put',
      object: withManagedFields({ ...object, metadata: { ...metadata } }, managedFields),
    };
  }
  const object = validateObject(
    kind,
    {
      ...wanted,
      apiVersion: current.apiVersion,
      kind: current.kind,
      metadata: nextMetadata,
      ...(current.status === undefined ? {} : { status: current.status }),
    } as KindObject,
    current,
    'all',
  );
  if (current.status === undefined) delete object.status;
  else object.status = current.status;
  if (object.spec) object.spec = carryFields(current.spec, wanted.spec, object.spec);

  const sameContent = samePlain(content(object), content(current));
  if (kind.immutable && !sameContent)
    throw new PlatformError('Invalid', `${kind.kind} "${metadata.name}" never changes after creation`, {
      kind: kind.plural,
      name: metadata.name,
      next: `Create a new ${kind.kind} instead.`,
    });
  if (metadata.deletionTimestamp) {
    const added = (object.metadata.finalizers ?? []).filter(
      one => !(metadata.finalizers ?? []).includes(one),
    );
    if (added.length > 0) throw finalizersAdded(kind, metadata.name, added);
  }
  const managedFields = managedBy(object);
  if (metadata.deletionTimestamp && !object.metadata.finalizers)
    return { type: 'remove', object: withManagedFields(object, managedFields) };
  const same = sameContent && samePlain(object.metadata, metadata);
  if (same && sameManagers(managedFields, metadata.managedFields)) return { type: 'none', object: current };
  if (!sameContent) object.metadata.generation = metadata.generation + 1;
  return { type: 'put', object: withManagedFields(object, managedFields) };
};

/** What becomes of `current` when someone deletes it: gone, or marked until its finalizers are done. */
export const deletion = (
  kind: KindDefinition,
  current: KindObject,
  now: string,
  wanted: {
    uid?: string | undefined;
    resourceVersion?: string | undefined;
    propagation?: Propagation | undefined;
  },
): Transition => {
  const { metadata } = current;
  if (
    (wanted.uid && wanted.uid !== metadata.uid) ||
    (wanted.resourceVersion && wanted.resourceVersion !== metadata.resourceVersion)
  )
    throw conflict(kind, metadata.name);
  const finalizers = [...finalizersFor(metadata.finalizers ?? [], wanted.propagation)];
  if (finalizers.length === 0) return { type: 'remove', object: current };
  if (metadata.deletionTimestamp)
    return samePlain(finalizers, metadata.finalizers)
      ? { type: 'none', object: current }
      : { type: 'put', object: { ...current, metadata: { ...metadata, finalizers } } };
  return {
    type: 'put',
    object: {
      ...current,
      metadata: {
        ...metadata,
        finalizers,
        deletionTimestamp: now,
        deletionGracePeriodSeconds: 0,
        generation: metadata.generation + 1,
      },
    },
  };
};
