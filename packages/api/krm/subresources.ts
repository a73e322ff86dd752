import { isFields, type KindObject, objectInGroup } from '@causeway/model';
import { answerHeaders, sendJson, signalOf } from '../http/call.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import { sendPieces } from '../http/send-pieces.ts';
import { type KrmContext, type KrmRequest, keyOfRequest } from './krm-request.ts';
import type { ActionDefinition, Resource, StreamDefinition } from './resources.ts';

/** What an action answers with, where it is an object, in the group in which it was asked for. */
const inItsGroup = (answer: object, { kind }: Resource): object => {
  const as = kind.versionOf;
  return as && isFields(answer) && isFields(answer.metadata) && typeof answer.apiVersion === 'string'
    ? objectInGroup(answer as unknown as KindObject, as.kind.group, as.group)
    : answer;
};

export const runAction = async (
  context: KrmContext,
  request: KrmRequest,
  action: ActionDefinition,
): Promise<void> => {
  const { call, resource, namespace, name, subresource, session } = request;
  const { kind } = resource;
  context.access.authorize(session.actor.user, {
    verb: 'create',
    kind,
    namespace,
    name,
    subresource,
    role: action.role,
  });
  const body = await parseBody(await readBody(call.request), mediaType(call.request.headers['content-type']));
  await context.store.get(kind, keyOfRequest(request));
  const answer = await action.handle(keyOfRequest(request), body, session.actor, signalOf(call));
  sendJson(call, 200, inItsGroup(answer, resource));
};

export const sendStream = async (
  context: KrmContext,
  request: KrmRequest,
  stream: StreamDefinition,
): Promise<void> => {
  const { call, resource, namespace, name, subresource, session } = request;
  const { kind } = resource;
  const { user } = session.actor;
  const attempt = { verb: 'get', kind, namespace, name, subresource, role: stream.role } as const;
  context.access.authorize(user, attempt);
  await context.store.get(kind, keyOfRequest(request));
  const signal = context.streams.open(
    call,
    () => session.valid() && context.access.decide(user, attempt).allowed,
  );
  const pieces = stream
    .handle(keyOfRequest(request), call.query, session.actor, signal)
    [Symbol.asyncIterator]();
  const pending = pieces.next();
  // A log that has nothing yet is an answer, too: whoever follows it must not wait for the headers.
  const early = await Promise.race([
    pending.then(() => true),
    new Promise<false>(resolve => setTimeout(resolve, 50, false)),
  ]);
  call.response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    ...answerHeaders,
  });
  if (!early) call.response.flushHeaders();
  await sendPieces(call.response, rest(pending, pieces, signal));
};

async function* rest(
  first: Promise<IteratorResult<string>>,
  pieces: AsyncIterator<string>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for (let next = await first; !next.done && !signal.aborted; next = await pieces.next()) yield next.value;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await pieces.return?.();
  }
}
