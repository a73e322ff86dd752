import { join } from 'node:path';
import { PlatformError } from '@causeway/model';

/** What the environment says, for one process. */
export interface Settings {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  /** The platform's server. */
  readonly server: string;
  readonly tokenFile: string;
  readonly pidFile: string;
  readonly trustForwarded: boolean;
}

const readPort = (text: string): number => {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 - 11) return port;
  throw new PlatformError('Usage', `CAUSEWAY_PORT is ${JSON.stringify(text)}, which is no usable port.`, {
    next: 'Set it to a number from 1 to 65524.',
  });
};

/**
 * CAUSEWAY_DATA; CAUSEWAY_PORT (N; the gateway listens on N+10, its metrics on N+11); CAUSEWAY_GATEWAY_HOST;
 * CAUSEWAY_SERVER; CAUSEWAY_GATEWAY_TRUST_FORWARDED=1 behind a proxy of one's own.
 */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => {
  const data = environment.CAUSEWAY_DATA;
  if (!data)
    throw new PlatformError('Usage', 'CAUSEWAY_DATA is not set: the gateway does not know its folder.', {
      next: 'Start it with `platform up`, or set CAUSEWAY_DATA to the platform’s folder.',
    });
  const base = readPort(environment.CAUSEWAY_PORT ?? '7070');
  return {
    data,
    host: environment.CAUSEWAY_GATEWAY_HOST || '127.0.0.1',
    port: base + 10,
    metricsPort: base + 11,
    server: environment.CAUSEWAY_SERVER || `http://127.0.0.1:${base}`,
    tokenFile: join(data, 'credentials', 'gateway.token'),
    pidFile: join(data, 'run', 'gateway.pid'),
    trustForwarded: environment.CAUSEWAY_GATEWAY_TRUST_FORWARDED === '1',
  };
};
