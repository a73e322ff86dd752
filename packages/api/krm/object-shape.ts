import {
  apiVersionOf,
  type KindDefinition,
  type KindObject,
  type NewObject,
  PlatformError,
} from '@causeway/model';
import { type Fields, isFields } from '../patch/own-field.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextMap = (value: unknown): boolean => isFields(value) && Object.values(value).every(isText);
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isOwnerList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(item => isFields(item) && [item.apiVersion, item.kind, item.name, item.uid].every(isText));

const shapes: Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly what: string }>> =
  {
    name: { is: isText, what: 'a string' },
    namespace: { is: isText, what: 'a string' },
    generateName: { is: isText, what: 'a string' },
    uid: { is: isText, what: 'a string' },
    resourceVersion: { is: isText, what: 'a string' },
    labels: { is: isTextMap, what: 'a map of strings to strings' },
    annotations: { is: isTextMap, what: 'a map of strings to strings' },
    finalizers: { is: isTextList, what: 'a list of strings' },
    ownerReferences: { is: isOwnerList, what: 'a list of objects with apiVersion, kind, name and uid' },
  };

/** A value for a message, whatever it is. */
const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 80);

/** An object as the outside hands it in, with metadata whose types are right. */
export type GivenObject = NewObject & Fields;

/**
 * Checks that a body is an object of the kind at this address: type, name and namespace may be left out, but not
 * contradict. Throws `BadRequest`. What is in spec and status is the store's to judge.
 */
export const givenObject = (
  kind: KindDefinition,
  body: unknown,
  namespace: string,
  name?: string,
): GivenObject => {
  const refuse = (what: string): PlatformError =>
    new PlatformError('BadRequest', what, { kind: kind.plural });
  if (!isFields(body)) throw refuse(`the body must be a ${kind.kind} object`);
  const expected = apiVersionOf(kind);
  if (body.kind !== undefined && body.kind !== kind.kind)
    throw refuse(
      `the kind in the data (${shown(body.kind)}) does not match the expected kind (${kind.kind})`,
    );
  if (body.apiVersion !== undefined && body.apiVersion !== expected)
    throw refuse(
      `the API version in the data (${shown(body.apiVersion)}) does not match the expected API version (${expected})`,
    );
  if (body.metadata !== undefined && !isFields(body.metadata)) throw refuse('metadata must be an object');
  // Go clients write fields they do not set as null.
  const metadata: Fields = Object.fromEntries(
    Object.entries(body.metadata ?? {}).filter(([, value]) => value !== null),
  );
  for (const [field, { is, what }] of Object.entries(shapes))
    if (metadata[field] !== undefined && !is(metadata[field]))
      throw refuse(`metadata.${field} must be ${what}`);
  if (metadata.namespace && metadata.namespace !== namespace)
    throw refuse('the namespace of the provided object does not match the namespace sent on the request');
  if (name !== undefined && metadata.name && metadata.name !== name)
    throw refuse(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  return {
    ...body,
    apiVersion: expected,
    kind: kind.kind,
    metadata: { ...metadata, ...(namespace ? { namespace } : {}), name: name ?? metadata.name ?? '' },
  } as GivenObject;
};

/** As `givenObject`, of a body that must say its own name: a replacement is meant for the object that it names. */
export const namedObject = (
  kind: KindDefinition,
  body: unknown,
  namespace: string,
  name: string,
): GivenObject => {
  const metadata = isFields(body) && isFields(body.metadata) ? body.metadata : {};
  if (!metadata.name)
    throw new PlatformError(
      'BadRequest',
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
      { kind: kind.plural },
    );
  return givenObject(kind, body, namespace, name);
};

/** Whether a change would give an object another identity. Throws `Invalid`, as the kube-apiserver for patches. */
export const checkUid = (kind: KindDefinition, given: GivenObject, current: KindObject): GivenObject => {
  const { uid, name } = given.metadata;
  if (!uid || uid === current.metadata.uid) return given;
  const message = `Invalid value: ${JSON.stringify(uid.slice(0, 80))}: field is immutable`;
  throw new PlatformError(
    'Invalid',
    `${kind.kind}.${kind.group} "${name}" is invalid: metadata.uid: ${message}`,
    { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid', message }], name },
  );
};
