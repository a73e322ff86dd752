import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { HttpSettings } from '@causeway/model';

export type ProbeResult =
  | { readonly kind: 'ready'; readonly host: string }
  /** Nothing listens. */
  | { readonly kind: 'refused' }
  /** Somebody listens, and did not answer in time. */
  | { readonly kind: 'silent'; readonly withinMs: number }
  /** It answered, but not well. `body` is its beginning. */
  | { readonly kind: 'unhealthy'; readonly path: string; readonly status: number; readonly body: string }
  /** It answered with something else than HTTP, or hung up. */
  | { readonly kind: 'broken'; readonly message: string };

const bodyLimit = 300;

/** Loopback is where a program that was told HOST=127.0.0.1 listens; `localhost` is ::1 for many. */
const hosts = ['127.0.0.1', '::1'] as const;

/** Calls when time is up, unless it is cancelled by the result. Where this process itself was late, what came meanwhile is heard first. */
const whenLate = (ms: number, late: () => void): (() => void) => {
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    last = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(last);
  };
};

const open = (
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket | 'refused' | 'silent'> =>
  new Promise(resolve => {
    if (signal.aborted) return resolve('refused');
    const socket = connect({ host, port });
    const settle = (outcome: Socket | 'refused' | 'silent'): void => {
      socket.removeAllListeners();
      // Until somebody uses it: a reset meanwhile must not end the agent.
      socket.on('error', () => {});
      inTime();
      signal.removeEventListener('abort', onAbort);
      if (outcome !== socket) socket.destroy();
      resolve(outcome);
    };
    const onAbort = (): void => settle('refused');
    const inTime = whenLate(timeoutMs, () => settle('silent'));
    socket.once('connect', () => settle(socket));
    // Whatever the network says, nobody can be reached there.
    socket.once('error', () => settle('refused'));
    signal.addEventListener('abort', onAbort);
  });

const isHealthy = (http: HttpSettings, status: number): boolean =>
  http.healthPath === undefined ? status < 500 : status >= 200 && status < 400;

const ask = (
  socket: Socket,
  host: string,
  port: number,
  http: HttpSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> =>
  new Promise(resolve => {
    const path = http.healthPath ?? '/';
    const settle = (result: ProbeResult): void => {
      inTime();
      socket.destroy();
      resolve(result);
    };
    const inTime = whenLate(timeoutMs, () => settle({ kind: 'silent', withinMs: timeoutMs }));
    const asked = request({
      createConnection: () => socket,
      host,
      port,
      path,
      headers: { 'user-agent': 'causeway-probe', accept: '*/*', connection: 'close' },
      signal,
    });
    asked.on('error', error => settle({ kind: 'broken', message: error.message }));
    asked.on('response', response => {
      const status = response.statusCode ?? 0;
      if (isHealthy(http, status)) return settle({ kind: 'ready', host });
      let body = '';
      const done = (): void => settle({ kind: 'unhealthy', path, status, body: body.slice(0, bodyLimit) });
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length >= bodyLimit) done();
      });
      response.on('end', done);
      response.on('error', done);
    });
    asked.end();
  });

interface Opened {
  readonly host: string;
  readonly socket: Socket;
}

/** Where the program listens. One on both addresses may begin between the two looks: the first address then counts. */
const openAny = async (
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Opened | 'refused' | 'silent'> => {
  const [first, second] = hosts;
  const atFirst = await open(first, port, timeoutMs, signal);
  if (atFirst !== 'refused') return atFirst === 'silent' ? 'silent' : { host: first, socket: atFirst };
  const atSecond = await open(second, port, timeoutMs, signal);
  if (atSecond === 'refused' || atSecond === 'silent') return atSecond;
  const again = await open(first, port, timeoutMs, signal);
  if (again === 'refused' || again === 'silent') return { host: second, socket: atSecond };
  atSecond.destroy();
  return { host: first, socket: again };
};

/** Asks once whether a program serves. An aborted probe answers `refused` or `broken`; the caller looks at its signal. */
export const probe = async (
  port: number,
  http: HttpSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeResult> => {
  const opened = await openAny(port, timeoutMs, signal);
  if (opened === 'silent') return { kind: 'silent', withinMs: timeoutMs };
  if (opened === 'refused') return { kind: 'refused' };
  const { host, socket } = opened;
  if (http.readiness === 'http') return ask(socket, host, port, http, timeoutMs, signal);
  socket.destroy();
  return { kind: 'ready', host };
};

export const addressOf = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
