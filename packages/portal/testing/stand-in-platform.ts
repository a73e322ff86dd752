import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPortalHandler } from '../index.ts';
import { sampleDiff } from './sample-environments.ts';
import type { Sample } from './sample-objects.ts';

export interface StandInPlatform {
  readonly url: string;
  /** The one token it takes, of user `ada`. */
  readonly token: string;
  /** What was sent to actions: `POST path body`. */
  readonly actions: string[];
  /** Adds or changes an object; watchers hear of it. */
  put(object: Sample): void;
  remove(object: Sample): void;
  /** A line in the log of every service. */
  print(line: string): void;
  /** How many connections the portal holds open: watches and followed logs. */
  held(): number;
  /** Ends all watches, as a restart of the server does. */
  cut(): void;
  close(): Promise<void>;
}

const plurals: Readonly<Record<string, string>> = {
  Service: 'services',
  Build: 'builds',
  Release: 'releases',
  Rollout: 'rollouts',
  Replica: 'replicas',
  Team: 'teams',
  Environment: 'environments',
  EnvironmentRequest: 'environmentrequests',
  ChangeRequest: 'changerequests',
};

const none = {
  leadTime: { n: 0 },
  leadTimeFromCommit: { n: 0 },
  timeToFirstTraffic: { n: 0 },
  changes: { pushed: 0, published: 0, superseded: 0 },
  failedBefore: 0,
  failures: {},
};

/** What the ledger would say of payments-api; of every other service it says nothing. */
const insightsOf = (service: string | null) => ({
  total:
    service === 'payments-api'
      ? {
          leadTime: { n: 6, median: 1.42, p90: 9.8 },
          leadTimeFromCommit: { n: 6, median: 75, p90: 4200 },
          timeToFirstTraffic: { n: 1, median: 48.2, p90: 48.2 },
          changes: { pushed: 7, published: 6, superseded: 0 },
          failedBefore: 1,
          changeFailureRate: 1 / 6,
          failures: { TestsFailed: 1 },
        }
      : none,
  services: [],
});

const path = /^\/apis\/causeway\.dev\/v1(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/;

/** The field selectors that the portal uses. */
const selected = (object: Sample, selector: string | null): boolean => {
  const [field, value] = (selector ?? '').split('=');
  if (field === 'metadata.name') return object.metadata.name === value;
  if (field === 'status.phase')
    return object.status !== undefined && 'phase' in object.status && object.status.phase === value;
  if (field === 'spec.environment') return 'environment' in object.spec && object.spec.environment === value;
  if (field === 'spec.service') return 'service' in object.spec && object.spec.service === value;
  return true;
};

interface Event {
  readonly version: number;
  readonly type: string;
  readonly object: Sample;
}

const lineOf = ({ type, object }: Event): string => `${JSON.stringify({ type, object })}\n`;

interface Watch {
  readonly sees: (object: Sample) => boolean;
  readonly response: ServerResponse;
}

/**
 * The portal over a platform that is only data: sample objects listed and watched as the real API does it, and a log to
 * follow. For what needs a browser but no PostgreSQL, git or processes.
 */
export const startStandInPlatform = async (
  samples: readonly Sample[],
  port = 0,
): Promise<StandInPlatform> => {
  const token = 'stand-in-token';
  const actions: string[] = [];
  const objects = new Map(samples.map(sample => [sample.metadata.uid, sample]));
  const watches = new Set<Watch>();
  const logs = new Set<ServerResponse>();
  const portal = createPortalHandler();
  const printed = [
    '7 web.0 | listening on 41873',
    '7 web.0 | GET / 200 1.2 ms',
    '7 worker.0 | ready for jobs',
  ];
  const events: Event[] = [];
  let version = 1;

  const json = (response: ServerResponse, status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const refuse = (
    response: ServerResponse,
    code: number,
    reason: string,
    message: string,
    next: string,
  ): void =>
    json(response, code, {
      kind: 'Status',
      message,
      reason,
      code,
      details: {
        causes: [
          { reason: 'Code', message: reason },
          { reason: 'Next', message: next },
        ],
      },
    });
  const tell = (type: string, object: Sample): void => {
    version += 1;
    const event = {
      version,
      type,
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } },
    };
    events.push(event);
    for (const { sees, response } of watches) if (sees(object)) response.write(lineOf(event));
  };

  const keepOpen = <T>(response: ServerResponse, set: Set<T>, entry: T, type: string): void => {
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
    set.add(entry);
    response.on('close', () => set.delete(entry));
  };

  const serveKrm = (response: ServerResponse, url: URL, action: string) => {
    const [, namespace, plural = '', name, subresource] = path.exec(url.pathname) ?? [];
    const sees = (object: Sample): boolean =>
      plurals[object.kind] === plural &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      selected(object, url.searchParams.get('fieldSelector'));
    const found = [...objects.values()].filter(sees);
    if (name && found.length === 0)
      return refuse(
        response,
        404,
        'NotFound',
        `${plural} "${name}" not found`,
        'Check the name and the team.',
      );
    if (action.startsWith('POST') || action.startsWith('DELETE')) {
      actions.push(action);
      return json(response, 200, {});
    }
    if (subresource === 'diff') {
      response.writeHead(200, { 'content-type': 'text/plain' });
      return response.end(sampleDiff);
    }
    if (subresource === 'log') {
      keepOpen(response, logs, response, 'text/plain');
      response.write(`${printed.join('\n')}\n`);
      if (!url.searchParams.has('follow')) response.end();
      return;
    }
    if (name) return json(response, 200, found[0]);
    if (url.searchParams.has('watch')) {
      const from = Number(url.searchParams.get('resourceVersion'));
      keepOpen(response, watches, { sees, response }, 'application/json');
      for (const event of events)
        if (event.version > from && sees(event.object)) response.write(lineOf(event));
      return;
    }
    json(response, 200, { kind: 'List', metadata: { resourceVersion: String(version) }, items: found });
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (await portal(request, response)) return;
    const url = new URL(request.url ?? '/', 'http://stand-in');
    if (request.headers.authorization !== `Bearer ${token}`)
      return refuse(
        response,
        401,
        'Unauthenticated',
        'The token is unknown or has expired.',
        'Sign in with `platform login`.',
      );
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (url.pathname.endsWith('/selfsubjectreviews'))
      return json(response, 201, { status: { userInfo: { username: 'ada' } } });
    if (url.pathname.endsWith('/selfsubjectaccessreviews'))
      return json(response, 201, { status: { allowed: true } });
    if (url.pathname === '/api/insights')
      return json(response, 200, insightsOf(url.searchParams.get('service')));
    serveKrm(response, url, `${request.method} ${url.pathname} ${Buffer.concat(chunks)}`);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(error => response.destroy(error));
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    actions,
    put(object) {
      const type = objects.has(object.metadata.uid) ? 'MODIFIED' : 'ADDED';
      objects.set(object.metadata.uid, object);
      tell(type, object);
    },
    remove(object) {
      objects.delete(object.metadata.uid);
      tell('DELETED', object);
    },
    print(line) {
      printed.push(line);
      for (const response of logs) response.write(`${line}\n`);
    },
    held: () => watches.size + logs.size,
    cut() {
      for (const { response } of watches) response.end();
      watches.clear();
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
