import { request } from 'node:http';
import type { Visitor } from '@causeway/capabilities';

/** Asks through the gateway of this machine. Host names are sent, not resolved: not every resolver knows `*.localhost`. */
export const createGatewayVisitor = (gatewayPort: number): Visitor => ({
  get: (host, path, timeoutMs) =>
    new Promise((resolve, reject) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: gatewayPort,
          path,
          method: 'GET',
          headers: { host: `${host}:${gatewayPort}`, 'user-agent': 'causeway-smoke-check' },
          agent: false,
          signal: AbortSignal.timeout(timeoutMs),
        },
        response => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asked.on('error', reject);
      asked.end();
    }),
});
