import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, type Store, systemClock, timeSpent } from '@causeway/engine';
import { type KindDefinition, PlatformError, platformTeam } from '@causeway/model';
import type { Access, Session } from './access/access.ts';
import { createDiscovery } from './discovery/discovery.ts';
import { FlowControl } from './fairness/flow-control.ts';
import { rankOf } from './fairness/rank-of.ts';
import { answerHeaders, type Call, createCall, sendJson, sendJsonText } from './http/call.ts';
import { presentable, type Subject, sendError } from './http/error-answer.ts';
import { type HealthCheck, isHealthPath, serveHealth } from './http/health.ts';
import { createHostGuard } from './http/host-guard.ts';
import { createOpenStreams } from './http/open-streams.ts';
import { createRouteTable, type PlainRoute, serveRoute } from './http/plain-routes.ts';
import type { RequestObserver } from './http/request-notes.ts';
import { type SignedRoute, serveSignedRoute } from './http/signed-routes.ts';
import { createSlowRequestLog } from './http/slow-requests.ts';
import { parseKrmPath } from './krm/krm-path.ts';
import { noteResource } from './krm/note-resource.ts';
import { type ActionDefinition, createResources, type StreamDefinition } from './krm/resources.ts';
import { type Krm, serveKrm, subjectOf } from './krm/serve-krm.ts';
import { ensureCertificates } from './listener/certificate-files.ts';
import { createListener, type Listener } from './listener/listener.ts';
import { createOpenApi } from './openapi/openapi.ts';
import {
  asksForOpenApiV2Protobuf,
  openApiV2AsProtobuf,
  openApiV2Protobuf,
} from './openapi/openapi-v2-protobuf.ts';
import { versionAnswer } from './version.ts';
import { createVersionedStore } from './versions/versioned-store.ts';

export interface ApiOptions {
  readonly store: Store;
  /** Everything that is served. */
  readonly kinds: readonly KindDefinition[];
  /** Groups that kinds of ours are served in as well. */
  readonly apiGroups?: readonly string[];
  readonly access: Access;
  readonly actions?: readonly ActionDefinition[];
  readonly streams?: readonly StreamDefinition[];
  readonly routes?: readonly PlainRoute[];
  /** Addresses for programs that have no token, and sign what they send. */
  readonly signedRoutes?: readonly SignedRoute[];
  /** Everything else: git, portal. It does its own access control. Without it, everything else is not found. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  /** Where the certificates lie: ca.crt ca.key server.crt server.key. */
  readonly keysFolder: string;
  /** Host names and addresses, beside the loopback ones, that clients may use. */
  readonly hostNames?: readonly string[];
  /** The platform's own version, for /version and OpenAPI. */
  readonly version: string;
  /** What /readyz asks. */
  readonly checks?: readonly HealthCheck[];
  readonly observer?: RequestObserver;
  /** Requests that take longer are logged with where their time went. Default 500. */
  readonly slowAfterMs?: number;
  readonly clock?: Clock;
  readonly log: (line: string) => void;
}

export interface Api {
  /** HTTP and HTTPS on one port. Returns it; 0 asks for a free one. */
  listen(port: number, host: string): Promise<number>;
  /** Ends watches and logs cleanly, lets requests finish for a while, then cuts off. */
  close(): Promise<void>;
}

const graceMs = 5_000;
const defaultSlowAfterMs = 500;
/** As nginx counts a client that left before its answer began. */
const clientLeft = 499;
/** Processes that collect metrics. */
export const metricsReaders = 'system:metrics:';
const renewEveryMs = 12 * 60 * 60 * 1000;

/** The platform's HTTP API over a store. */
export const createApi = (options: ApiOptions): Api => {
  const { access, log, fallback, observer, keysFolder, hostNames = [], clock = systemClock } = options;
  const { apiGroups = [] } = options;
  const store = createVersionedStore(options.store);
  const resources = createResources(options.kinds, options.actions ?? [], options.streams ?? [], apiGroups);
  const streams = createOpenStreams(clock);
  const flows = new FlowControl();
  const krm: Krm = {
    context: { store, access, clock, streams, apiGroups },
    resources,
    discovery: createDiscovery(resources),
    log,
  };
  const openApi = createOpenApi(resources, options.version);
  const findRoute = createRouteTable(options.routes ?? []);
  const findSignedRoute = createRouteTable(options.signedRoutes ?? []);
  const guard = createHostGuard(hostNames);
  const version = versionAnswer(options.version);
  const logSlow = createSlowRequestLog(options.slowAfterMs ?? defaultSlowAfterMs, log);
  const checks: readonly HealthCheck[] = [
    { name: 'shutdown', run: async () => (closing ? 'it is stopping' : undefined) },
    ...(options.checks ?? []),
  ];
  let listener: Listener | undefined;
  let closing = false;
  let cancelRenewal: (() => void) | undefined;

  /** Who each connection last was. What it says is compared with what it said itself, so it learns nothing of other tokens. */
  const signedIn = new WeakMap<Socket, { readonly authorization: string; readonly session: Session }>();

  const signIn = async ({ request: { headers, socket }, notes }: Call): Promise<Session> => {
    const { authorization } = headers;
    const last = signedIn.get(socket);
    const known = last && last.authorization === authorization && last.session.valid();
    const session = known ? last.session : await access.authenticate(authorization, socket.remoteAddress);
    if (!known && authorization !== undefined) signedIn.set(socket, { authorization, session });
    notes.user = session.actor.user;
    return session;
  };

  /** Whoever may read the platform’s metrics learns why it is not well. */
  const mayKnow = async (call: Call): Promise<boolean> => {
    if (!call.request.headers.authorization) return false;
    const { user } = (await signIn(call)).actor;
    return access.roleIn(user, platformTeam) !== undefined || user.startsWith(metricsReaders);
  };

  const serveOpenApi = (call: Call): void => {
    if (call.method !== 'GET') throw new PlatformError('MethodNotAllowed', 'OpenAPI is only read');
    const { accept } = call.request.headers;
    if (call.path === '/openapi/v2' && accept && !/application\/json|\*\/\*/.test(accept)) {
      if (!asksForOpenApiV2Protobuf(accept))
        throw new PlatformError('NotAcceptable', 'OpenAPI 2.0 is only served as JSON and protobuf');
      const headers = { 'content-type': openApiV2Protobuf, ...answerHeaders };
      call.response.writeHead(200, headers).end(openApiV2AsProtobuf('Causeway', options.version));
      return;
    }
    const text =
      call.path === '/openapi/v2'
        ? openApi.v2
        : call.path === '/openapi/v3'
          ? openApi.index()
          : openApi.version(call.path.slice('/openapi/v3/'.length));
    if (text === undefined)
      throw new PlatformError('NotFound', 'there is no OpenAPI document at this address');
    sendJsonText(call, 200, text);
  };

  const serve = async (call: Call, about: (subject: Subject) => void): Promise<void> => {
    const { path, method, request, response } = call;
    guard(request);
    if (closing) response.setHeader('connection', 'close');
    if (isHealthPath(path)) {
      call.notes.resource = 'health';
      return serveHealth(call, checks, () => mayKnow(call).catch(() => false));
    }
    if (path === '/version') {
      call.notes.resource = 'version';
      return sendJson(call, 200, version);
    }
    const signed = findSignedRoute(method, path);
    if (signed) return serveSignedRoute(call, signed);
    const found = findRoute(method, path);
    if (found) return serveRoute(call, await signIn(call), access, found);
    const krmPath = parseKrmPath(path);
    if (krmPath) {
      noteResource(call, krmPath, resources);
      about(subjectOf(krm, krmPath));
      const session = await signIn(call);
      const release = await flows.admit(session.actor.user, rankOf(call));
      if (response.closed) return release();
      call.notes.leaveSeat = release;
      return serveKrm(krm, call, session, krmPath);
    }
    if (path.startsWith('/openapi/')) {
      call.notes.resource = 'openapi';
      await signIn(call);
      return serveOpenApi(call);
    }
    if (fallback) {
      call.notes.resource = 'other';
      return fallback(request, response);
    }
    throw new PlatformError('NotFound', `there is nothing at ${path.slice(0, 200)}`, {
      next: 'Check the address.',
    });
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const call = createCall(request, response);
    const { notes } = call;
    observer?.began();
    response.once('close', () => {
      notes.leaveSeat();
      const seconds = (performance.now() - notes.beganAt) / 1000;
      const finished = { ...notes, seconds, code: response.headersSent ? response.statusCode : clientLeft };
      observer?.finished(finished);
      logSlow(call, finished);
    });
    let subject: Subject | undefined;
    const about = (known: Subject) => {
      subject = known;
    };
    timeSpent
      .run(notes.spent, () => serve(call, about))
      .catch(error => {
        sendError(call, presentable(error, log, `${call.method} ${call.path}`), subject);
      });
  };

  const renewLater = (): void => {
    cancelRenewal = clock.after(renewEveryMs, () => {
      ensureCertificates(keysFolder, hostNames, clock.now())
        .then(pair => listener?.renew(pair))
        .catch(error => log(`certificates: ${error.message}`))
        .finally(() => !closing && renewLater());
    });
  };

  return {
    async listen(port, host) {
      const pair = await ensureCertificates(keysFolder, hostNames, clock.now());
      listener = createListener(handle, pair);
      const chosen = await listener.listen(port, host);
      renewLater();
      return chosen;
    },
    async close() {
      closing = true;
      cancelRenewal?.();
      streams.close();
      await listener?.close(graceMs);
    },
  };
};
