import { PlatformError } from '@causeway/model';
import { flag } from '../http/call.ts';
import { warn } from '../http/warning.ts';
import { deleteCollection, deleteObject } from './delete-objects.ts';
import type { KrmContext, KrmRequest } from './krm-request.ts';
import { getObject, listObjects } from './read-objects.ts';
import { serveScale } from './serve-scale.ts';
import { runAction, sendStream } from './subresources.ts';
import { watchObjects } from './watch-objects.ts';
import { createObject, patchObject, replaceObject } from './write-objects.ts';

const notAllowed = ({ call, resource, subresource }: KrmRequest): PlatformError =>
  new PlatformError(
    'MethodNotAllowed',
    `the method ${call.method.slice(0, 20)} is not served for ${resource.kind.plural}${subresource ? `/${subresource}` : ''} at this address`,
  );

const notServed = (): PlatformError =>
  new PlatformError('NotFound', 'the server could not find the requested resource', {
    next: 'See what it serves: kubectl api-resources',
  });

const serveCollection = (
  context: KrmContext,
  request: KrmRequest,
  log: (line: string) => void,
): Promise<void> => {
  switch (request.call.method) {
    case 'GET':
      return flag(request.call.query, 'watch')
        ? watchObjects(context, request, log)
        : listObjects(context, request);
    case 'POST':
      return createObject(context, request);
    case 'DELETE':
      return deleteCollection(context, request);
    default:
      throw notAllowed(request);
  }
};

const serveObject = (
  context: KrmContext,
  request: KrmRequest,
  log: (line: string) => void,
): Promise<void> => {
  const { method, query } = request.call;
  if (method === 'GET')
    return flag(query, 'watch') && !request.subresource
      ? watchObjects(context, request, log)
      : getObject(context, request);
  if (method === 'PUT') return replaceObject(context, request);
  if (method === 'PATCH') return patchObject(context, request);
  if (method === 'DELETE' && !request.subresource) return deleteObject(context, request);
  throw notAllowed(request);
};

const serveSubresource = (
  context: KrmContext,
  request: KrmRequest,
  log: (line: string) => void,
): Promise<void> => {
  const { resource, subresource, call } = request;
  if (subresource === 'status' && resource.hasStatus) return serveObject(context, request, log);
  if (subresource === 'scale' && resource.kind.scale)
    return serveScale(context, request, resource.kind.scale);
  const action = resource.actions.get(subresource);
  const stream = resource.streams.get(subresource);
  if (action && call.method === 'POST') return runAction(context, request, action);
  if (stream && call.method === 'GET') return sendStream(context, request, stream);
  throw action || stream ? notAllowed(request) : notServed();
};

/** Serves a request for a collection, an object, or what belongs to an object. Each handler asks for access first. */
export const serveObjects = (
  context: KrmContext,
  request: KrmRequest,
  log: (line: string) => void,
): Promise<void> => {
  const { resource, namespace, name, subresource } = request;
  const misplaced = resource.kind.scope === 'Cluster' ? namespace !== '' : namespace === '' && name !== '';
  if (misplaced) throw notServed();
  const deprecation = resource.kind.versionOf?.version?.deprecation;
  if (deprecation) warn(request.call, deprecation);
  if (subresource) return serveSubresource(context, request, log);
  return name ? serveObject(context, request, log) : serveCollection(context, request, log);
};
