import http from 'node:http';

/** The server gives each of its checks 5 s: so long its answer is worth waiting for. */
const PATIENCE_MS = 7_000;

/** Whether GET of this path on this machine is answered with 200. */
export const answers = (port: number, path: string): Promise<boolean> =>
  new Promise(resolve => {
    const request = http.get(
      { host: '127.0.0.1', port, path, agent: false, timeout: PATIENCE_MS },
      response => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
