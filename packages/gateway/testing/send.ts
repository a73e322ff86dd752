import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';

export interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  /** Where it connects to; 127.0.0.1 when not set. */
  readonly address?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

/** A request whose response the test reads itself. */
export const open = (
  port: number,
  sending: Sending = {},
): { request: ClientRequest; response: Promise<IncomingMessage> } => {
  const {
    method = 'GET',
    path = '/',
    host = 'shop.localhost',
    address = '127.0.0.1',
    headers = {},
  } = sending;
  const sent = request({
    host: address,
    port,
    method,
    path,
    headers: { host, ...headers },
    agent: false,
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  return { request: sent, response };
};

/** A request and its complete response. */
export const send = async (port: number, sending: Sending = {}): Promise<Answer> => {
  const { request: sent, response } = open(port, sending);
  sent.end(sending.body);
  const incoming = await response;
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  return { status: incoming.statusCode!, headers: incoming.headers, trailers: incoming.trailers, body };
};

/** Sends bytes as they are and resolves to all that comes back until the other side closes. */
export const sendRaw = (port: number, text: string, address = '127.0.0.1'): Promise<string> =>
  new Promise(resolve => {
    let answer = '';
    const socket = connect(port, address, () => socket.write(text, 'latin1'));
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', chunk => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
