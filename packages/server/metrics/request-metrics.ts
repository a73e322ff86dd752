import type { RequestObserver } from '@causeway/api';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { durationBuckets } from './duration-buckets.ts';

/** Requests to the API. The labels are verbs, resources and status codes: the platform’s own words, never those of a client. */
export const requestMetrics = (registry: Registry): RequestObserver => {
  const registers = [registry];
  const requests = new Counter({
    name: 'causeway_api_requests_total',
    help: 'Requests by verb, resource and HTTP status; 499 is a client that left before its answer.',
    labelNames: ['verb', 'resource', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'causeway_api_request_duration_seconds',
    help: 'From the request’s head to the answer’s end; without watches and logs, which last as their clients like.',
    labelNames: ['verb', 'resource'],
    buckets: [...durationBuckets],
    registers,
  });
  const inFlight = new Gauge({
    name: 'causeway_api_requests_in_flight',
    help: 'Requests not yet answered completely, watches and logs included.',
    registers,
  });
  return {
    began: () => inFlight.inc(),
    finished({ verb, resource, code, seconds, lasting }) {
      inFlight.dec();
      requests.inc({ verb, resource, code });
      if (!lasting) duration.observe({ verb, resource }, seconds);
    },
  };
};
