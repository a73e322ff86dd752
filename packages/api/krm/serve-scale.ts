import { valueAt } from '@causeway/engine';
import {
  apiVersionOf,
  type Fields,
  isFields,
  type KindObject,
  PlatformError,
  type ScalePaths,
} from '@causeway/model';
import { managedFieldsAfterUpdate } from '../apply/field-manager.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import { warn } from '../http/warning.ts';
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { createPrinter } from '../table/table.ts';
import { sendObject } from './answer.ts';
import { type KrmContext, type KrmRequest, keyOfRequest } from './krm-request.ts';
import { givenObject, namedObject } from './object-shape.ts';
import type { ServedKind } from './resources.ts';
import { ScaleKind } from './scale-kind.ts';
import { writeOptions } from './write-options.ts';

const scaleKind = ScaleKind as unknown as ServedKind;
const printer = createPrinter(scaleKind);

const numberAt = (object: KindObject, path: string): number | undefined => {
  const value = valueAt(object, path.slice(1));
  return typeof value === 'number' ? value : undefined;
};

/** An object as its scale. */
const scaleOf = (object: KindObject, paths: ScalePaths): KindObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = numberAt(object, paths.specReplicasPath);
  const selector = paths.labelSelectorPath && valueAt(object, paths.labelSelectorPath.slice(1));
  const metadata = { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp };
  return {
    kind: ScaleKind.kind,
    apiVersion: apiVersionOf(ScaleKind),
    metadata: metadata as KindObject['metadata'],
    spec: replicas === undefined ? {} : { replicas },
    status: {
      replicas: numberAt(object, paths.statusReplicasPath) ?? 0,
      ...(typeof selector === 'string' && selector ? { selector } : {}),
    },
  };
};

const withValueAt = (object: Fields, [field = '', ...rest]: readonly string[], value: unknown): Fields => {
  const inner = object[field];
  return {
    ...object,
    [field]: rest.length > 0 ? withValueAt(isFields(inner) ? inner : {}, rest, value) : value,
  };
};

const replicasOf = ({ spec }: Fields): number => {
  const replicas = isFields(spec) ? (spec.replicas ?? 0) : 0;
  if (Number.isSafeInteger(replicas)) return replicas as number;
  throw new PlatformError('BadRequest', 'spec.replicas of a Scale must be a whole number');
};

type Change = (scale: KindObject) => unknown;

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json'];

const readChange = async ({ call, namespace, name }: KrmRequest): Promise<Change> => {
  const type = mediaType(call.request.headers['content-type']);
  if (call.method === 'PATCH' && !patchTypes.includes(type))
    throw new PlatformError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${patchTypes.join(', ')}`,
      { next: 'Apply to the object itself instead of its scale.' },
    );
  const body = await parseBody(await readBody(call.request), type);
  if (call.method === 'PUT') {
    namedObject(scaleKind, body, namespace, name);
    return () => body;
  }
  if (type === 'application/merge-patch+json') return scale => mergePatch(scale, body);
  const operations = parseJsonPatch(body);
  return scale => applyJsonPatch(scale, operations);
};

const changeScale = async (
  context: KrmContext,
  request: KrmRequest,
  paths: ScalePaths,
): Promise<KindObject> => {
  const { call, resource, namespace, name, session } = request;
  const { kind } = resource;
  const verb = call.method === 'PUT' ? 'update' : 'patch';
  context.access.authorize(session.actor.user, { verb, kind, namespace, name, subresource: 'scale' });
  const { manager, dryRun } = writeOptions(call, verb === 'update' ? 'UpdateOptions' : 'PatchOptions');
  const next = await readChange(request);
  const operation = { kind, manager, subresource: 'scale', now: undefined };
  return context.store.mutate(
    kind,
    keyOfRequest(request),
    current => {
      const wanted = givenObject(scaleKind, next(scaleOf(current, paths)), namespace, name);
      const path = paths.specReplicasPath.slice(1).split('.');
      const changed = withValueAt(current as unknown as Fields, path, replicasOf(wanted));
      const { resourceVersion, uid } = wanted.metadata;
      return {
        ...changed,
        metadata: {
          ...current.metadata,
          ...(uid ? { uid } : {}),
          resourceVersion: resourceVersion ?? '',
        },
      };
    },
    session.actor,
    {
      dryRun,
      manage: (live, object, given) => managedFieldsAfterUpdate(operation, live, object, given),
      warn: text => warn(request.call, text),
    },
  );
};

/** `/scale` of an object: read, replaced or patched as autoscaling/v1 Scale, which changes only how many copies are wanted. */
export const serveScale = async (
  context: KrmContext,
  request: KrmRequest,
  paths: ScalePaths,
): Promise<void> => {
  const { call, resource, namespace, name, session } = request;
  const { kind } = resource;
  let object: KindObject;
  if (call.method === 'GET') {
    const attempt = { verb: 'get', kind, namespace, name, subresource: 'scale' } as const;
    context.access.authorize(session.actor.user, attempt);
    object = await context.store.get(kind, keyOfRequest(request));
  } else if (call.method === 'PUT' || call.method === 'PATCH') {
    object = await changeScale(context, request, paths);
  } else
    throw new PlatformError(
      'MethodNotAllowed',
      `the method ${call.method.slice(0, 20)} is not served for ${kind.plural}/scale`,
    );
  sendObject(context, { ...request, resource: { ...resource, printer } }, 200, scaleOf(object, paths));
};
