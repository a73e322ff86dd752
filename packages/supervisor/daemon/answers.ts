import http from 'node:http';

/** Whether GET of this path on this machine is answered with 200. */
export const answers = (port: number, path: string): Promise<boolean> =>
  new Promise(resolve => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false, timeout: 2_000 }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
