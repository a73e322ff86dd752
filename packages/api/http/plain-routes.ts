import type { Actor } from '@causeway/engine';
import { PlatformError, platformTeam, type Role } from '@causeway/model';
import type { Access, Session } from '../access/access.ts';
import { answerHeaders, type Call, sendJson, sendText, signalOf } from './call.ts';
import { mediaType, parseBody } from './parse-body.ts';
import { readBody } from './read-body.ts';
import { sendPieces } from './send-pieces.ts';

export interface RouteRequest {
  /** What stands for the `:name` parts of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly actor: Actor;
  readonly signal: AbortSignal;
  /** The body as JSON data; `undefined` when none was sent. */
  body(): Promise<unknown>;
}

/** An address beside the resource model, such as `/api/insights` or `/api/insights/:team`. */
export interface PlainRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** `any` who is signed in; or the lowest role in the team that `:team` in the path names, without one in the platform team. */
  readonly role: 'any' | Role;
  /** A process of the platform that may, too: the beginning of its user, such as `system:metrics:`. */
  readonly process?: string;
  /** The media type of an answer that is not JSON: then `handle` returns text, or pieces of it as they come. */
  readonly contentType?: string;
  /** What it returns is the answer, as JSON; `undefined` is an empty one. */
  handle(request: RouteRequest): Promise<unknown>;
}

export interface FoundRoute<R = PlainRoute> {
  readonly route: R;
  readonly parameters: Readonly<Record<string, string>>;
}

const match = (
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined => {
  if (pattern.length !== segments.length) return undefined;
  const parameters: [string, string][] = [];
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':') && segment !== '') parameters.push([part.slice(1), segment]);
    else if (part !== segment) return undefined;
  }
  return Object.fromEntries(parameters);
};

/** Looks addresses up among the routes. A known address with another method is `MethodNotAllowed`. */
export const createRouteTable = <R extends { readonly method: string; readonly path: string }>(
  routes: readonly R[],
): ((method: string, path: string) => FoundRoute<R> | undefined) => {
  const patterns = routes.map(route => ({ route, pattern: route.path.split('/') }));
  const beginnings = new Set(patterns.map(({ pattern }) => pattern[1]));
  return (method, path) => {
    const [, beginning = ''] = path.split('/', 2);
    if (!beginnings.has(beginning) && !beginning.includes('%')) return undefined;
    const segments = path
      .split('/')
      .map(segment => (segment.includes('%') ? decodeSegment(segment) : segment));
    let known = false;
    for (const { route, pattern } of patterns) {
      const parameters = match(pattern, segments);
      if (!parameters) continue;
      if (route.method === method) return { route, parameters };
      known = true;
    }
    if (known)
      throw new PlatformError(
        'MethodNotAllowed',
        `the method ${method.slice(0, 20)} is not served at ${path.slice(0, 200)}`,
        { next: 'Use the method that the documentation names.' },
      );
    return undefined;
  };
};

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new PlatformError('BadRequest', 'the address is not percent-encoded as it should be');
  }
};

const sendOther = async (
  call: Call,
  contentType: string,
  text: string | AsyncIterable<string>,
): Promise<void> => {
  if (typeof text === 'string') return sendText(call, 200, contentType, text);
  call.notes.lasting = true;
  call.response.writeHead(200, { 'content-type': contentType, ...answerHeaders });
  call.response.flushHeaders();
  await sendPieces(call.response, text);
};

export const serveRoute = async (
  call: Call,
  session: Session,
  access: Access,
  { route, parameters }: FoundRoute,
): Promise<void> => {
  const { actor } = session;
  call.notes.resource = route.path;
  const isProcess = route.process !== undefined && actor.user.startsWith(route.process);
  if (route.role !== 'any' && !isProcess)
    access.requireRole(
      actor.user,
      route.role,
      parameters.team ?? platformTeam,
      `${route.method} ${call.path.slice(0, 200)}`,
    );
  const body = async () =>
    parseBody(await readBody(call.request), mediaType(call.request.headers['content-type']));
  const result = await route.handle({ parameters, query: call.query, actor, signal: signalOf(call), body });
  if (route.contentType !== undefined)
    return sendOther(call, route.contentType, result as string | AsyncIterable<string>);
  if (result !== undefined) return sendJson(call, 200, result);
  call.response.writeHead(204);
  call.response.end();
};
