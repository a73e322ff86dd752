import type { DeleteOptions } from '@causeway/engine';
import { type Fields, isFields, isPlatformError, type KindObject, PlatformError } from '@causeway/model';
import { sendJson } from '../http/call.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import { warn } from '../http/warning.ts';
import { sendObject } from './answer.ts';
import { isDryRun, type KrmContext, type KrmRequest, keyOfRequest } from './krm-request.ts';
import { sendList } from './read-objects.ts';
import { selectionOf } from './selection.ts';

const propagations = ['Background', 'Foreground', 'Orphan'] as const;

const wrongPolicy = (message: string, reason: string): PlatformError =>
  new PlatformError('Invalid', `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: ${message}`, {
    causes: [{ reason, field: 'propagationPolicy', message }],
    next: 'Correct the options of the deletion.',
  });

/** `orphanDependents` is how it was said before there was `propagationPolicy`. */
const propagationOf = (body: Fields, parameter: string | null): DeleteOptions['propagation'] => {
  const given = body.propagationPolicy ?? parameter ?? undefined;
  const old = body.orphanDependents;
  if (given === undefined) return typeof old === 'boolean' ? (old ? 'Orphan' : 'Background') : undefined;
  const value = JSON.stringify(given)?.slice(0, 40);
  if (typeof old === 'boolean')
    throw wrongPolicy(
      `Invalid value: ${value}: orphanDependents and deletionPropagation cannot be both set`,
      'FieldValueInvalid',
    );
  const propagation = propagations.find(one => one === given);
  if (!propagation)
    throw wrongPolicy(
      `Unsupported value: ${value}: supported values: "Foreground", "Background", "Orphan", "nil"`,
      'FieldValueNotSupported',
    );
  return propagation;
};

/** DeleteOptions from the body and the query. `gracePeriodSeconds` is accepted and means nothing here. */
const deleteOptions = async (request: KrmRequest): Promise<DeleteOptions> => {
  const { call } = request;
  const body =
    (await parseBody(await readBody(call.request), mediaType(call.request.headers['content-type']))) ?? {};
  if (!isFields(body) || (body.kind !== undefined && body.kind !== 'DeleteOptions'))
    throw new PlatformError('BadRequest', 'the body of a delete must be DeleteOptions');
  const preconditions = isFields(body.preconditions) ? body.preconditions : {};
  const { uid, resourceVersion } = preconditions;
  const propagation = propagationOf(body, call.query.get('propagationPolicy'));
  const dryRun = isDryRun(request) || (Array.isArray(body.dryRun) && body.dryRun.includes('All'));
  return {
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    ...(propagation ? { propagation } : {}),
    dryRun,
    warn: text => warn(call, text),
  };
};

/** Whether finalizers hold it: then it is marked, and goes when they are done. */
const isHeld = ({ metadata }: KindObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.length ?? 0) > 0;

export const deleteObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { call, resource, namespace, name, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, { verb: 'delete', kind, namespace, name });
  const options = await deleteOptions(request);
  const object = await context.store.delete(kind, keyOfRequest(request), session.actor, options);
  if (isHeld(object)) return sendObject(context, request, 200, object);
  sendJson(call, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, group: kind.group || undefined, kind: kind.plural, uid: object.metadata.uid },
  });
};

/** Deletes what a list with the same selectors would show, and answers with it. */
export const deleteCollection = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { resource, namespace, session } = request;
  const { kind } = resource;
  if (kind.scope === 'Namespaced' && namespace === '')
    throw new PlatformError('MethodNotAllowed', 'objects of all namespaces are not deleted at once', {
      next: 'Name the team: kubectl -n TEAM delete …',
    });
  const teams = context.access.authorize(session.actor.user, { verb: 'delete', kind, namespace });
  const options = await deleteOptions(request);
  const found = await context.store.list(kind, selectionOf(context, request, teams));
  const deleted = await Promise.all(
    found.items.map(({ metadata }) =>
      context.store
        .delete(kind, { namespace: metadata.namespace ?? '', name: metadata.name }, session.actor, options)
        .catch(error => {
          if (isPlatformError(error, 'NotFound')) return undefined;
          throw error;
        }),
    ),
  );
  await sendList(request, {
    items: deleted.filter(object => object !== undefined),
    resourceVersion: found.resourceVersion,
  });
};
