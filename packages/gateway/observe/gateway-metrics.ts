import type { RouteEntry } from '../routing/route-entry.ts';
import type { MetricFamily, Sample } from './exposition.ts';
import { durationBuckets, type RouteMetrics } from './route-metrics.ts';

/** What /metrics tells of the gateway. */
export interface MetricsState {
  readonly routes: Iterable<{ readonly entry: RouteEntry; readonly metrics: RouteMetrics }>;
  /** Requests that belong to no service, by what they were answered with. */
  readonly unrouted: ReadonlyMap<number, number>;
  readonly droppedLogLines: number;
  readonly openConnections: number;
  /** Requests that wait for what sleeps. */
  readonly held: number;
}

const codeClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'];

const histogramOf = (labels: Record<string, string>, metrics: RouteMetrics): Sample[] => {
  const samples: Sample[] = [];
  let cumulative = 0;
  for (const [index, count] of metrics.durations.entries()) {
    cumulative += count;
    const le = index < durationBuckets.length ? String(durationBuckets[index]) : '+Inf';
    samples.push({ suffix: '_bucket', labels: { ...labels, le }, value: cumulative });
  }
  samples.push({ suffix: '_sum', labels, value: metrics.durationSum });
  samples.push({ suffix: '_count', labels, value: cumulative });
  return samples;
};

const family = (
  name: string,
  type: MetricFamily['type'],
  help: string,
  samples: readonly Sample[],
): MetricFamily => ({ name, type, help, samples });

/** The metrics of a process that every Prometheus client library gives. */
const processMetrics = (): MetricFamily[] => {
  const { user, system } = process.cpuUsage();
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    family('process_cpu_seconds_total', 'counter', 'CPU time used.', one((user + system) / 1e6)),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory.', one(process.memoryUsage.rss())),
    family(
      'process_start_time_seconds',
      'gauge',
      'Start, seconds since 1970.',
      one(Date.now() / 1000 - process.uptime()),
    ),
  ];
};

export const gatewayMetrics = (state: MetricsState): MetricFamily[] => {
  const requests: Sample[] = [];
  const durations: Sample[] = [];
  const inFlight: Sample[] = [];
  const retries: Sample[] = [];
  for (const { entry, metrics } of state.routes) {
    const labels = { team: entry.team, service: entry.service, environment: entry.environment };
    for (const [release, counts] of metrics.requests)
      for (const [index, value] of counts.entries())
        if (value > 0) requests.push({ labels: { ...labels, release, code: codeClasses[index]! }, value });
    durations.push(...histogramOf(labels, metrics));
    inFlight.push({ labels, value: metrics.inFlight });
    retries.push({ labels, value: metrics.retries });
  }
  const unrouted = [...state.unrouted].map(([code, value]) => ({ labels: { code: String(code) }, value }));
  const prefix = 'causeway_gateway_';
  return [
    family(`${prefix}requests_total`, 'counter', 'Requests by release and class of status code.', requests),
    family(
      `${prefix}request_duration_seconds`,
      'histogram',
      'From the request’s head to the response’s end; without tunnels and event streams.',
      durations,
    ),
    family(`${prefix}requests_in_flight`, 'gauge', 'Requests not yet answered completely.', inFlight),
    family(`${prefix}retries_total`, 'counter', 'Requests sent again after a connection failed.', retries),
    family(`${prefix}unrouted_requests_total`, 'counter', 'Requests that belong to no service.', unrouted),
    family(`${prefix}access_log_dropped_lines_total`, 'counter', 'Lines that could not be written.', [
      { labels: {}, value: state.droppedLogLines },
    ]),
    family(`${prefix}open_connections`, 'gauge', 'Connections of clients.', [
      { labels: {}, value: state.openConnections },
    ]),
    family(`${prefix}requests_held`, 'gauge', 'Requests that wait for what sleeps to wake.', [
      { labels: {}, value: state.held },
    ]),
    ...processMetrics(),
  ];
};
