import { createServer, type Server } from 'node:http';
import { expose, expositionType, type MetricFamily } from './exposition.ts';

export interface MetricsServerOptions {
  readonly metrics: () => readonly MetricFamily[];
  /** Why the gateway should get no traffic now; `undefined` when it may. */
  readonly notReady: () => string | undefined;
}

/** `/metrics`, `/healthz` (the process answers) and `/readyz` (it can serve), apart from the traffic of services. */
export const createMetricsServer = ({ metrics, notReady }: MetricsServerOptions): Server => {
  const answer = (path: string): { status: number; type: string; text: string } => {
    const plain = (status: number, text: string) => ({
      status,
      type: 'text/plain; charset=utf-8',
      text: `${text}\n`,
    });
    if (path === '/metrics') return { status: 200, type: expositionType, text: expose(metrics()) };
    if (path === '/healthz') return plain(200, 'ok');
    if (path !== '/readyz') return plain(404, 'Here are /metrics, /healthz and /readyz.');
    const reason = notReady();
    return reason === undefined ? plain(200, 'ready') : plain(503, reason);
  };
  return createServer((request, response) => {
    const known = request.method === 'GET' || request.method === 'HEAD';
    const { status, type, text } = answer((request.url ?? '').split('?')[0]!);
    response.writeHead(known ? status : 405, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(known ? text : 'Only GET and HEAD.\n');
  });
};
