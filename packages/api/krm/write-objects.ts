import { randomInt } from 'node:crypto';
import { isPlatformError, type KindObject, PlatformError } from '@causeway/model';
import { checkIssuedToken } from '../access/issued-token.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { sendObject } from './answer.ts';
import { fieldValidation } from './field-validation.ts';
import { isDryRun, type KrmContext, type KrmRequest, keyOfRequest } from './krm-request.ts';
import { type GivenObject, givenObject } from './object-shape.ts';

/** As the kube-apiserver: no vowels, so no words; none that look alike. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const longestName = 63;

const generatedName = (prefix: string): string =>
  prefix.slice(0, longestName - suffixLength) +
  Array.from({ length: suffixLength }, () => letters[randomInt(letters.length)]).join('');

const bodyOf = async ({ call: { request } }: KrmRequest): Promise<unknown> =>
  parseBody(await readBody(request), mediaType(request.headers['content-type']));

export const createObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, { verb: 'create', kind, namespace });
  if (kind.scope === 'Namespaced' && namespace === '')
    throw new PlatformError('MethodNotAllowed', `a ${kind.kind} is created in a namespace`, {
      next: 'Name the team: kubectl -n TEAM create …',
    });
  const validation = fieldValidation(request);
  const object = givenObject(kind, await bodyOf(request), namespace);
  validation.check(object);
  checkIssuedToken(kind, object.spec, session.actor);
  const options = { dryRun: isDryRun(request) };
  const { name, generateName } = object.metadata;
  const create = (chosen: string): Promise<KindObject> =>
    context.store.create(
      kind,
      { ...object, metadata: { ...object.metadata, name: chosen } },
      session.actor,
      options,
    );
  const created = name || !generateName ? await create(name) : await withGeneratedName(generateName, create);
  validation.warn();
  sendObject(context, request, 201, created);
};

/** 14 million names for a prefix: a clash is rare, and a few of them in a row do not happen. */
const withGeneratedName = async (
  prefix: string,
  create: (name: string) => Promise<KindObject>,
): Promise<KindObject> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await create(generatedName(prefix));
    } catch (error) {
      if (attempt >= 8 || !isPlatformError(error, 'AlreadyExists')) throw error;
    }
};

/** Writes what `next` makes of the stored object and answers with the result. */
const change = async (
  context: KrmContext,
  request: KrmRequest,
  next: (current: KindObject) => GivenObject,
): Promise<void> => {
  const validation = fieldValidation(request);
  const changed = await context.store.mutate(
    request.resource.kind,
    keyOfRequest(request),
    current => {
      const object = next(current);
      validation.check(object);
      return object;
    },
    request.session.actor,
    { dryRun: isDryRun(request), ...(request.subresource === 'status' ? { subresource: 'status' } : {}) },
  );
  validation.warn();
  sendObject(context, request, 200, changed);
};

/** PUT: the whole object, made from the version it names. */
export const replaceObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, name, subresource, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, { verb: 'update', kind, namespace, name, subresource });
  const object = givenObject(kind, await bodyOf(request), namespace, name);
  if (!object.metadata.resourceVersion)
    throw new PlatformError(
      'Invalid',
      `${kind.plural}${kind.group ? `.${kind.group}` : ''} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
      {
        causes: [
          {
            reason: 'FieldValueInvalid',
            field: 'metadata.resourceVersion',
            message: 'Invalid value: 0: must be specified for an update',
          },
        ],
        name,
        next: 'Read the object, change what you read, and send that.',
      },
    );
  await change(context, request, () => object);
};

const patchTypes = 'application/json-patch+json, application/merge-patch+json';

type Patch = (current: unknown) => unknown;

const parsePatch = async (request: KrmRequest): Promise<Patch> => {
  const type = mediaType(request.call.request.headers['content-type']);
  if (type === 'application/apply-patch+yaml' || type === 'application/apply-patch+cbor')
    throw new PlatformError('UnsupportedMediaType', 'server-side apply is not served', {
      next: 'Use kubectl apply without --server-side.',
    });
  if (type !== 'application/json-patch+json' && type !== 'application/merge-patch+json')
    throw new PlatformError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${patchTypes}`,
    );
  const body = await parseBody(await readBody(request.call.request), type);
  if (type === 'application/merge-patch+json') return current => mergePatch(current, body);
  const operations = parseJsonPatch(body);
  return current => applyJsonPatch(current, operations);
};

export const patchObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, name, subresource, session } = request;
  context.access.authorize(session.actor.user, {
    verb: 'patch',
    kind: resource.kind,
    namespace,
    name,
    subresource,
  });
  const patch = await parsePatch(request);
  await change(context, request, current => givenObject(resource.kind, patch(current), namespace, name));
};
