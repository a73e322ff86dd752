import { type ListResult, objectJson } from '@causeway/engine';
import type { KindObject } from '@causeway/model';
import { negotiate } from '../http/accept.ts';
import { answerHeaders, flag, sendJsonText } from '../http/call.ts';
import { sendPieces } from '../http/send-pieces.ts';
import { partialMetadata, tableJson } from '../table/table.ts';
import { includeObject, objectForms, sendObject } from './answer.ts';
import { type KrmContext, type KrmRequest, keyOfRequest } from './krm-request.ts';
import { listOptions } from './list-options.ts';
import { selectionOf, versionParameter } from './selection.ts';

export const getObject = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { kind } = request.resource;
  const { namespace, name, subresource } = request;
  context.access.authorize(request.session.actor.user, { verb: 'get', kind, namespace, name, subresource });
  const version = versionParameter(request);
  const options = version ? { resourceVersion: version } : {};
  sendObject(context, request, 200, await context.store.get(kind, keyOfRequest(request), options));
};

const listMetadata = ({ resourceVersion, remainingItemCount, continue: next }: ListResult) => ({
  resourceVersion,
  ...(next ? { continue: next } : {}),
  ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
});

/** Lists longer than this are sent piece by piece instead of as one string. */
const mostAtOnce = 500;
/** Characters of a piece: few enough that it is still in the processor’s cache as it is encoded, encrypted and sent. */
const pieceLength = 48 * 1024;

function* listPieces(head: string, items: readonly KindObject[]): Generator<string> {
  let piece = head;
  let separator = '';
  for (const item of items) {
    piece += separator + objectJson(item);
    separator = ',';
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}`;
}

/** A list of objects as JSON, in pieces. The JSON of each object is shared by all who ask. */
export const listJson = (request: KrmRequest, result: ListResult): Iterable<string> => {
  const { kind, apiVersion } = request.resource;
  const head = `{"kind":"${kind.kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMetadata(result))},"items":[`;
  return listPieces(head, result.items);
};

export const sendList = async (request: KrmRequest, result: ListResult): Promise<void> => {
  const { call } = request;
  const pieces = listJson(request, result);
  if (result.items.length <= mostAtOnce || flag(call.query, 'pretty'))
    return sendJsonText(call, 200, [...pieces].join(''));
  call.response.writeHead(200, { 'content-type': 'application/json', ...answerHeaders });
  await sendPieces(call.response, pieces);
};

export const listObjects = async (context: KrmContext, request: KrmRequest): Promise<void> => {
  const { call, resource, namespace, session } = request;
  const teams = context.access.authorize(session.actor.user, {
    verb: 'list',
    kind: resource.kind,
    namespace,
  });
  const { form } = negotiate(call.request.headers.accept, objectForms);
  const result = await context.store.list(resource.kind, {
    ...listOptions(request),
    ...selectionOf(context, request, teams),
  });
  if (form === 'Object') return sendList(request, result);
  const metadata = listMetadata(result);
  if (form === 'Table') {
    const now = context.clock.now();
    const include = includeObject(request);
    const rows = result.items.map(object => resource.printer.row(object, now, include));
    return sendJsonText(call, 200, tableJson(metadata, rows, resource.printer.columns));
  }
  const items = result.items.map(partialMetadata);
  sendJsonText(
    call,
    200,
    JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items }),
  );
};
