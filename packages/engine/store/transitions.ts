import {
  apiVersionOf,
  type KindDefinition,
  type KindObject,
  type NewObject,
  type ObjectMeta,
  PlatformError,
} from '@causeway/model';
import { clonePlain, samePlain } from './plain.ts';
import { validateObject } from './validate.ts';

/** What a write makes of an object. Pure: the same input gives the same outcome; revision and audit come later. */
export type Transition =
  | { readonly type: 'put'; readonly object: KindObject }
  | { readonly type: 'remove'; readonly object: KindObject }
  | { readonly type: 'none'; readonly object: KindObject };

const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

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

/** A new object: identity given, defaults filled, status left out. */
export const creation = (kind: KindDefinition, input: NewObject, now: string, uid: string): KindObject => {
  const { metadata, ...rest } = clonePlain(input) as NewObject & Record<string, unknown>;
  const name = metadata?.name || (metadata?.generateName ? `${metadata.generateName}${uid.slice(0, 5)}` : '');
  if (!name)
    throw new PlatformError('Invalid', `${kind.kind} has no name: set metadata.name`, { kind: kind.plural });
  if (kind.scope === 'Namespaced' && !metadata.namespace)
    throw new PlatformError('Invalid', `${kind.kind} "${name}" has no namespace: name the team`, {
      kind: kind.plural,
      name,
    });
  const object = {
    ...rest,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: tidy(
      given({
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
      }) as ObjectMeta,
    ),
  } as KindObject;
  delete object.status;
  return validateObject(kind, object, undefined, 'all');
};

const conflict = (kind: KindDefinition, name: string): PlatformError =>
  new PlatformError(
    'Conflict',
    `Operation cannot be fulfilled on ${kind.plural}${kind.group ? `.${kind.group}` : ''} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { kind: kind.plural, name },
  );

const content = ({ metadata: _metadata, status: _status, ...rest }: KindObject): unknown => rest;

/** What becomes of `current` when someone wants `wanted` instead. */
export const change = (
  kind: KindDefinition,
  current: KindObject,
  wanted: KindObject,
  subresource: 'status' | undefined,
): Transition => {
  const { metadata } = current;
  const version = wanted.metadata?.resourceVersion;
  if (version && version !== metadata.resourceVersion) throw conflict(kind, metadata.name);
  if (wanted.metadata?.uid && wanted.metadata.uid !== metadata.uid) throw conflict(kind, metadata.name);

  if (subresource === 'status') {
    const object = validateObject(kind, { ...current, status: wanted.status ?? {} }, current, 'status');
    return samePlain(object.status, current.status)
      ? { type: 'none', object: current }
      : { type: 'put', object };
  }
  const next = wanted.metadata ?? {};
  const object = validateObject(
    kind,
    {
      ...wanted,
      apiVersion: current.apiVersion,
      kind: current.kind,
      metadata: tidy({
        ...metadata,
        labels: next.labels ?? {},
        annotations: next.annotations ?? {},
        finalizers: next.finalizers ?? [],
        ownerReferences: next.ownerReferences ?? [],
      }),
      ...(current.status === undefined ? {} : { status: current.status }),
    } as KindObject,
    current,
    'all',
  );
  if (current.status === undefined) delete object.status;
  else object.status = current.status;

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
    if (added.length > 0)
      throw new PlatformError(
        'Invalid',
        `${kind.kind} "${metadata.name}" is being deleted: no finalizer can be added`,
        { kind: kind.plural, name: metadata.name },
      );
    if (!object.metadata.finalizers) return { type: 'remove', object };
  }
  if (!sameContent) object.metadata.generation = metadata.generation + 1;
  return sameContent && samePlain(object.metadata, metadata)
    ? { type: 'none', object: current }
    : { type: 'put', object };
};

/** What becomes of `current` when someone deletes it: gone, or marked until its finalizers are done. */
export const deletion = (
  kind: KindDefinition,
  current: KindObject,
  now: string,
  wanted: { uid?: string | undefined; resourceVersion?: string | undefined },
): Transition => {
  const { metadata } = current;
  if (
    (wanted.uid && wanted.uid !== metadata.uid) ||
    (wanted.resourceVersion && wanted.resourceVersion !== metadata.resourceVersion)
  )
    throw conflict(kind, metadata.name);
  if (!metadata.finalizers?.length) return { type: 'remove', object: current };
  if (metadata.deletionTimestamp) return { type: 'none', object: current };
  return {
    type: 'put',
    object: {
      ...current,
      metadata: {
        ...metadata,
        deletionTimestamp: now,
        deletionGracePeriodSeconds: 0,
        generation: metadata.generation + 1,
      },
    },
  };
};
