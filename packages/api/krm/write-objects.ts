import { randomInt } from 'node:crypto';
import type { ManageFields } from '@causeway/engine';
import {
  isPlatformError,
  type KindDefinition,
  type KindObject,
  PlatformError,
  withoutNulls,
} from '@causeway/model';
import { checkIssuedToken } from '../access/issued-token.ts';
import { managedFieldsAfterUpdate } from '../apply/field-manager.ts';
import { refuseDuplicates } from '../apply/refuse-duplicates.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import { warn } from '../http/warning.ts';
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { sendObject } from './answer.ts';
import { applyObject } from './apply-object.ts';
import { fieldValidation } from './field-validation.ts';
import { type KrmContext, type KrmRequest, keyOfRequest, timeOfWrite } from './krm-request.ts';
import { checkDeletion, checkUid, type GivenObject, givenObject, namedObject } from './object-shape.ts';
import { ownersInGroup } from './owners-in-group.ts';
import { type WriteRequestOptions, writeOptions } from './write-options.ts';

/** As the kube-apiserver: no vowels, so no words; none that look alike. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const longestName = 63;

const generatedName = (prefix: string): string =>
  prefix.slice(0, longestName - suffixLength) +
  Array.from({ length: suffixLength }, () => letters[randomInt(letters.length)]).join('');

const bodyOf = async (
  context: KrmContext,
  { call: { request }, resource }: KrmRequest,
  type = mediaType(request.headers['content-type']),
): Promise<unknown> => ownersInGroup(context, resource, await parseBody(await readBody(request), type));

/** Notes the client as the manager of what it changes. */
const managedBy = (
  context: KrmContext,
  { resource: { kind }, subresource }: KrmRequest,
  { manager }: WriteRequestOptions,
): ManageFields => {
  const operation = { kind, manager, subresource, now: timeOfWrite(context) };
  return (live, next, given) => managedFieldsAfterUpdate(operation, live, next, given);
};

export const createObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, { verb: 'create', kind, namespace });
  if (kind.scope === 'Namespaced' && namespace === '')
    throw new PlatformError('MethodNotAllowed', `a ${kind.kind} is created in a namespace`, {
      next: 'Name the team: kubectl -n TEAM create …',
    });
  const given = writeOptions(request.call, 'CreateOptions');
  const validation = fieldValidation(request, given.validation);
  const object = withoutNulls(givenObject(kind, await bodyOf(context, request), namespace));
  if (object.metadata.resourceVersion)
    throw new PlatformError('BadRequest', 'resourceVersion should not be set on objects to be created', {
      kind: kind.plural,
    });
  validation.check(object);
  refuseDuplicates(kind, object);
  checkIssuedToken(kind, object.spec, session.actor);
  const options = {
    dryRun: given.dryRun,
    manage: managedBy(context, request, given),
    warn: (text: string) => warn(request.call, text),
  };
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
  sendObject(context, request, 201, given.dryRun ? neverStored(created) : created);
};

/** What only would be created has no version. */
const neverStored = ({
  metadata: { resourceVersion: _none, ...metadata },
  ...rest
}: KindObject): KindObject => ({ ...rest, metadata }) as KindObject;

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
  options: WriteRequestOptions,
  next: (current: KindObject) => GivenObject,
): Promise<void> => {
  const validation = fieldValidation(request, options.validation);
  const changed = await context.store.mutate(
    request.resource.kind,
    keyOfRequest(request),
    current => {
      const object = withoutNulls(next(current));
      checkDeletion(request.resource.kind, object, current);
      validation.check(object);
      refuseDuplicates(request.resource.kind, object, current);
      return object;
    },
    request.session.actor,
    {
      dryRun: options.dryRun,
      manage: managedBy(context, request, options),
      warn: text => warn(request.call, text),
      ...(request.subresource === 'status' ? { subresource: 'status' } : {}),
    },
  );
  validation.warn();
  sendObject(context, request, 200, changed);
};

const withoutVersion = (kind: KindDefinition, name: string): PlatformError =>
  new PlatformError(
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

/** PUT: the whole object, made from the version it names. */
export const replaceObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, name, subresource, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, { verb: 'update', kind, namespace, name, subresource });
  const options = writeOptions(request.call, 'UpdateOptions');
  const object = namedObject(kind, await bodyOf(context, request), namespace, name);
  await change(context, request, options, () => {
    if (!object.metadata.resourceVersion) throw withoutVersion(kind, name);
    return object;
  });
};

const applyType = 'application/apply-patch+yaml';
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', applyType] as const;

type Patch = (current: unknown) => unknown;

const parsePatch = async (
  context: KrmContext,
  request: KrmRequest,
  type: (typeof patchTypes)[number],
): Promise<Patch> => {
  const body = await bodyOf(context, request, type);
  if (type === 'application/merge-patch+json') return current => mergePatch(current, body);
  const operations = parseJsonPatch(body);
  return current => applyJsonPatch(current, operations);
};

export const patchObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, name, subresource, session, call } = request;
  context.access.authorize(session.actor.user, {
    verb: 'patch',
    kind: resource.kind,
    namespace,
    name,
    subresource,
  });
  const given = mediaType(call.request.headers['content-type']);
  const type = patchTypes.find(one => one === given);
  if (!type)
    throw new PlatformError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${patchTypes.join(', ')}`,
    );
  if (type === applyType) return applyObject(context, request);
  const options = writeOptions(call, 'PatchOptions');
  const patch = await parsePatch(context, request, type);
  await change(context, request, options, current =>
    checkUid(resource.kind, givenObject(resource.kind, patch(current), namespace, name), current),
  );
};
