import { objectJson, type WatchEvent } from '@causeway/engine';
import type { KindObject } from '@causeway/model';
import { negotiate } from '../http/accept.ts';
import { answerHeaders } from '../http/call.ts';
import { presentable, statusOf } from '../http/error-answer.ts';
import { type SharedPiece, sendShared, sharedPiece } from '../http/send-pieces.ts';
import { partialMetadata, tableJson } from '../table/table.ts';
import { includeObject, objectForms } from './answer.ts';
import type { KrmContext, KrmRequest } from './krm-request.ts';
import { watchOptions } from './list-options.ts';
import { selectionOf } from './selection.ts';

type Line = (event: WatchEvent) => SharedPiece;

const line = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;

/** Of so many events of a type the lines are kept: watchers that are not far behind find them here. */
const keptLines = 1024;

/** Events as they go to all who watch: each is written out and encoded once, however many they are. */
const sharedLines = (write: (object: KindObject) => string): Line => {
  const latest = {
    ADDED: new Map<KindObject, SharedPiece>(),
    MODIFIED: new Map<KindObject, SharedPiece>(),
    DELETED: new Map<KindObject, SharedPiece>(),
  };
  return ({ type, object }) => {
    if (type === 'BOOKMARK') return sharedPiece(line(type, write(object)));
    const known = latest[type].get(object);
    if (known) return known;
    const made = sharedPiece(line(type, write(object)));
    latest[type].set(object, made);
    if (latest[type].size > keptLines) latest[type].delete(latest[type].keys().next().value as KindObject);
    return made;
  };
};

const objectLine = sharedLines(objectJson);
const metadataLine = sharedLines(object => JSON.stringify(partialMetadata(object)));

/** How each event is written. In a watch of tables only the first carries the columns, as kubectl expects. */
const createLine = (context: KrmContext, request: KrmRequest): Line => {
  const { call, resource } = request;
  const { form } = negotiate(call.request.headers.accept, objectForms);
  if (form === 'Object') return objectLine;
  if (form !== 'Table') return metadataLine;
  const include = includeObject(request);
  let columns: typeof resource.printer.columns | undefined = resource.printer.columns;
  return ({ type, object }) => {
    const row = resource.printer.row(object, context.clock.now(), include);
    const table = tableJson({ resourceVersion: object.metadata.resourceVersion }, [row], columns);
    columns = undefined;
    return sharedPiece(line(type, table));
  };
};

const sameTeams = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && a.isSubsetOf(b));

/**
 * Events as lines of JSON, until the client leaves, the time is over or the right to watch ends. A client that reads too
 * slowly holds nobody up: the store drops what it has not read, and the watch ends with `Expired`.
 */
export const watchObjects = async (
  context: KrmContext,
  request: KrmRequest,
  log: (line: string) => void,
): Promise<void> => {
  const { call, resource, namespace, name, session } = request;
  const { kind } = resource;
  const { user } = session.actor;
  const attempt = { verb: 'watch', kind, namespace, name } as const;
  const teams = context.access.authorize(user, attempt);
  const render = createLine(context, request);
  const options = watchOptions(request);
  const selection = selectionOf(context, request, teams);

  const allowed = (): boolean => {
    const decision = context.access.decide(user, attempt);
    return session.valid() && decision.allowed && sameTeams(decision.teams, teams);
  };
  const signal = context.streams.open(call, allowed, options.endsAfterMs / 1000);
  // What is wrong with the selectors is answered before the watch begins.
  const watch = context.store.watch(kind, { ...selection, ...options, signal });
  const { response } = call;
  response.writeHead(200, { 'content-type': 'application/json', ...answerHeaders });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  try {
    await watch(event => sendShared(response, render(event)));
  } catch (error) {
    if (!signal.aborted)
      response.write(
        line(
          'ERROR',
          JSON.stringify(
            statusOf(presentable(error, log, `watch ${kind.plural}`), {
              group: kind.group,
              plural: kind.plural,
            }),
          ),
        ),
      );
  }
  response.end();
};
