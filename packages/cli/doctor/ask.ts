import { get } from 'node:http';

/** GET on this machine: the status and the beginning of the body; throws when nobody answers. */
export const ask = (
  port: number,
  path: string,
  signal: AbortSignal,
  host = '127.0.0.1',
  token = '',
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const asked = get(
      {
        host: '127.0.0.1',
        port,
        path,
        headers: { host, ...(token ? { authorization: `Bearer ${token}` } : {}) },
        agent: false,
        signal,
      },
      response => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (body.length < 1_000_000) body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
  });
