import { metricsReaders, type PlainRoute } from '@causeway/api';
import type { ServerMetrics } from './server-metrics.ts';

/** For whoever runs the platform, and for Prometheus with the token that lies in DATA for it. */
export const metricsRoute = (metrics: ServerMetrics): PlainRoute => ({
  method: 'GET',
  path: '/metrics',
  role: 'viewer',
  process: metricsReaders,
  contentType: metrics.contentType,
  handle: () => metrics.expose(),
});
