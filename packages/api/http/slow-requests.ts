import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Call } from './call.ts';
import type { FinishedRequest } from './request-notes.ts';

/** Parameters of the resource model and of the platform’s own routes. The values of others may be anything, a token too. */
const knownParameters = new Set([
  'allowWatchBookmarks',
  'continue',
  'dryRun',
  'exclude',
  'fieldManager',
  'fieldSelector',
  'fieldValidation',
  'follow',
  'force',
  'labelSelector',
  'limit',
  'pretty',
  'propagationPolicy',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'since',
  'tail',
  'team',
  'timeoutSeconds',
  'verbose',
  'watch',
]);

/** Selectors name what people name; everything that is longer is cut. */
const longestValue = 200;

const queryText = (query: URLSearchParams): string | undefined => {
  if (query.size === 0) return undefined;
  const parts = [...query].map(([name, value]) =>
    knownParameters.has(name) ? `${name}=${value.slice(0, longestValue)}` : '(unknown)',
  );
  return [...new Set(parts)].join('&');
};

/** W3C Trace Context: version, trace id, parent id, flags. */
const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const requestId = /^[\w.:-]{1,64}$/;

const header = ({ headers }: IncomingMessage, name: string, form: RegExp): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' && form.test(value) ? value : undefined;
};

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/** What is written of a slow request: one line of JSON. Milliseconds; what the parts leave is reading, checking and the event loop. */
const slowLine = (call: Call, finished: FinishedRequest, endedAt: number): string => {
  const { verb, resource, user, code, seconds, spent, readyAt } = finished;
  const { queued, decide, database, answeredAt } = spent;
  const sentFrom = readyAt || endedAt;
  return `slow request ${JSON.stringify({
    id: header(call.request, 'x-request-id', requestId) ?? randomUUID(),
    traceparent: header(call.request, 'traceparent', traceparent),
    verb,
    resource,
    path: resource === 'unknown' ? undefined : call.path.slice(0, longestValue),
    query: queryText(call.query),
    user,
    code,
    ms: rounded(seconds * 1000),
    queuedMs: rounded(queued),
    decideMs: rounded(decide),
    databaseMs: rounded(database),
    serialiseMs: answeredAt === 0 ? undefined : rounded(Math.max(0, sentFrom - answeredAt)),
    sendMs: rounded(endedAt - sentFrom),
  })}`;
};

/** When everything is slow, more lines tell nothing more, and cost what is short. */
const linesPerSecond = 100;

/** Logs requests that took longer than the threshold. What lasts as long as its client wants is never slow. */
export const createSlowRequestLog = (thresholdMs: number, log: (line: string) => void) => {
  let second = 0;
  let lines = 0;
  let left = 0;
  return (call: Call, finished: FinishedRequest): void => {
    if (finished.lasting || finished.seconds * 1000 < thresholdMs) return;
    const endedAt = finished.beganAt + finished.seconds * 1000;
    const now = Math.floor(endedAt / 1000);
    if (now !== second) {
      if (left > 0) log(`${left} more slow requests`);
      second = now;
      lines = 0;
      left = 0;
    }
    lines += 1;
    if (lines > linesPerSecond) left += 1;
    else log(slowLine(call, finished, endedAt));
  };
};
