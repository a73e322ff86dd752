import { type Agent, request } from 'node:http';

export interface Question {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** `refused`: nobody listened, so nothing happened. `lost`: sent, perhaps done, never answered. */
export type Answer =
  | { readonly type: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly type: 'refused' }
  | { readonly type: 'lost' };

/** One request, never repeated. */
export const ask = (question: Question): Promise<Answer> =>
  new Promise(resolve => {
    const text = question.body === undefined ? undefined : JSON.stringify(question.body);
    const sent = request({
      host: '127.0.0.1',
      port: question.port,
      method: question.method,
      path: question.path,
      agent: question.agent,
      headers: {
        authorization: `Bearer ${question.token}`,
        ...(text === undefined
          ? {}
          : {
              'content-type': question.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(text),
            }),
      },
    });
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), question.timeoutMs);
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    sent.on('error', (error: NodeJS.ErrnoException) =>
      settle({ type: error.code === 'ECONNREFUSED' ? 'refused' : 'lost' }),
    );
    sent.on('response', response => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', piece => {
        received += piece;
      });
      response.on('error', () => settle({ type: 'lost' }));
      response.on('close', () => settle({ type: 'lost' }));
      response.on('end', () => {
        try {
          settle({ type: 'answer', status: response.statusCode ?? 0, body: JSON.parse(received) });
        } catch {
          settle({ type: 'answer', status: response.statusCode ?? 0, body: received });
        }
      });
    });
    sent.end(text);
  });
