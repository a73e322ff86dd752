import { objectJson, type WatchEvent } from '@causeway/engine';
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

/** Lines of the latest events; watchers that are not far behind find them here. */
const latestLines = new Map<string, SharedPiece>();
const keptLines = 1024;

/** An event as it goes to all who watch: written out and encoded once, however many they are. */
const sharedLine = ({ type, object }: WatchEvent): SharedPiece => {
  const { uid, resourceVersion } = object.metadata;
  const place = `${type} ${object.apiVersion} ${uid} ${resourceVersion}`;
  const known = latestLines.get(place);
  if (known) return known;
  const made = sharedPiece(line(type, objectJson(object)));
  if (type === 'BOOKMARK') return made;
  latestLines.set(place, made);
  if (latestLines.size > keptLines) latestLines.delete(latestLines.keys().next().value as string);
  return made;
};

/** How each event is written. In a watch of tables only the first carries the columns, as kubectl expects. */
const createLine = (context: KrmContext, request: KrmRequest): Line => {
  const { call, resource } = request;
  const { form } = negotiate(call.request.headers.accept, objectForms);
  if (form === 'Object') return sharedLine;
  if (form !== 'Table')
    return ({ type, object }) => sharedPiece(line(type, JSON.stringify(partialMetadata(object))));
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
  const events = context.store.watch(kind, { ...selection, ...options, signal });
  const { response } = call;
  response.writeHead(200, { 'content-type': 'application/json', ...answerHeaders });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  try {
    for await (const event of events) {
      if (signal.aborted) break;
      await sendShared(response, render(event));
    }
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
