import {
  apiVersionOf,
  type Fields,
  isFields,
  type KindDefinition,
  type KindObject,
  type NewObject,
  PlatformError,
  setField,
  withoutNulls,
} from '@causeway/model';

const isText = (value: unknown): boolean => typeof value === 'string';
const isVersion = (value: unknown): boolean => isText(value) && /^\d*$/.test(value as string);
const isTextMap = (value: unknown): boolean => isFields(value) && Object.values(value).every(isText);
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isOwnerList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    item =>
      isFields(item) && [item.apiVersion, item.kind, item.name, item.uid].every(one => isText(one ?? '')),
  );

const shapes = Object.entries({
  name: { is: isText, what: 'a string' },
  namespace: { is: isText, what: 'a string' },
  generateName: { is: isText, what: 'a string' },
  uid: { is: isText, what: 'a string' },
  resourceVersion: { is: isVersion, what: 'one that this server gave' },
  labels: { is: isTextMap, what: 'a map of strings to strings' },
  annotations: { is: isTextMap, what: 'a map of strings to strings' },
  finalizers: { is: isTextList, what: 'a list of strings' },
  ownerReferences: { is: isOwnerList, what: 'a list of objects with apiVersion, kind, name and uid' },
});

/** A value for a message, whatever it is. */
const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 80);

/** A text that is null is an empty one, as Go clients read it. */
const textsOf = (texts: Fields): Fields => {
  const result: Fields = {};
  for (const [name, value] of Object.entries(texts)) setField(result, name, value ?? '');
  return result;
};

const otherKind = (kind: KindDefinition, body: Fields, name: string | undefined): PlatformError => {
  const given = isFields(body.metadata) && isText(body.metadata.name) ? shown(body.metadata.name) : '';
  const message = `Invalid value: ${JSON.stringify(shown(body.kind))}: must be ${kind.kind}`;
  return new PlatformError(
    'Invalid',
    `${shown(body.kind)}.${kind.group} "${given}" is invalid: kind: ${message}`,
    { causes: [{ reason: 'FieldValueInvalid', field: 'kind', message }], name: name ?? given },
  );
};

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
  if (body.kind !== undefined && body.kind !== kind.kind) throw otherKind(kind, body, name);
  if (body.apiVersion !== undefined && body.apiVersion !== expected)
    throw refuse(
      `the API version in the data (${shown(body.apiVersion)}) does not match the expected API version (${expected})`,
    );
  if (body.metadata !== undefined && !isFields(body.metadata)) throw refuse('metadata must be an object');
  // Go clients write fields they do not set as null.
  const metadata: Fields = { ...withoutNulls(body.metadata ?? {}) };
  for (const field of ['labels', 'annotations'] as const) {
    const texts = (body.metadata as Fields | undefined)?.[field];
    if (isFields(texts)) metadata[field] = textsOf(texts);
  }
  for (const [field, { is, what }] of shapes)
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

/** Whether a change would mark an object as deleted, which only a deletion does. Throws `Invalid`. */
export const checkDeletion = (kind: KindDefinition, given: GivenObject, current: KindObject): void => {
  const causes = (['deletionTimestamp', 'deletionGracePeriodSeconds'] as const).flatMap(field => {
    const value = given.metadata[field];
    if (value === undefined || value === current.metadata[field]) return [];
    const message = `Invalid value: ${shown(JSON.stringify(value))}: field is immutable`;
    return [{ reason: 'FieldValueInvalid', field: `metadata.${field}`, message }];
  });
  if (causes.length === 0) return;
  const what = causes.map(({ field, message }) => `${field}: ${message}`);
  throw new PlatformError(
    'Invalid',
    `${kind.kind}.${kind.group} "${current.metadata.name}" is invalid: ${what.length > 1 ? `[${what.join(', ')}]` : what[0]}`,
    { causes, name: current.metadata.name },
  );
};
