import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRoute } from '../testing/make-route.ts';
import { send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { expose } from './exposition.ts';
import { RouteMetrics } from './route-metrics.ts';

test('the text format escapes label values and ends lines', () => {
  const text = expose([
    { name: 'a_total', type: 'counter', help: 'A.', samples: [{ labels: { x: 'q"\\\n' }, value: 1 }] },
    { name: 'b', type: 'gauge', help: 'B.', samples: [{ labels: {}, value: 0.5 }] },
  ]);
  assert.equal(
    text,
    '# HELP a_total A.\n# TYPE a_total counter\na_total{x="q\\"\\\\\\n"} 1\n# HELP b B.\n# TYPE b gauge\nb 0.5\n',
  );
});

test('durations fall into their buckets, bounds included', () => {
  const metrics = new RouteMetrics();
  for (const seconds of [0.001, 0.0011, 10, 11]) metrics.end('r.1', 200, seconds);
  metrics.end('r.1', 499);
  assert.equal(metrics.durations[0], 1);
  assert.equal(metrics.durations[1], 1);
  assert.deepEqual(metrics.durations.slice(-2), [1, 1]);
  assert.deepEqual(metrics.requests.get('r.1'), [0, 4, 0, 1, 0]);
});

test('releases that left long ago are forgotten', () => {
  const metrics = new RouteMetrics();
  for (let i = 0; i < 50; i++) {
    metrics.end(`r.${i}`, 200, 0.001);
    metrics.keepReleases(new Set([`r.${i}`]));
  }
  assert.ok(metrics.requests.size <= 11);
  assert.ok(metrics.requests.has('r.49') && metrics.requests.has('r.48'));
});

test('rate, errors and duration of a service can be scraped', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    response.writeHead(Number(incoming.url!.slice(1))).end('x');
  });
  const { port, gateway } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const metricsPort = await gateway.listenForMetrics({ host: '127.0.0.1', port: 0 });
  for (const status of [200, 200, 404, 500]) await send(port, { path: `/${status}` });
  await send(port, { host: 'other.localhost' });
  const scraped = await send(metricsPort, { path: '/metrics' });
  assert.equal(scraped.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const labels = 'team="retail",service="shop",environment="production"';
  for (const line of [
    `causeway_gateway_requests_total{${labels},release="shop.1",code="2xx"} 2`,
    `causeway_gateway_requests_total{${labels},release="shop.1",code="4xx"} 1`,
    `causeway_gateway_requests_total{${labels},release="shop.1",code="5xx"} 1`,
    `causeway_gateway_request_duration_seconds_bucket{${labels},le="+Inf"} 4`,
    `causeway_gateway_request_duration_seconds_count{${labels}} 4`,
    `causeway_gateway_requests_in_flight{${labels}} 0`,
    'causeway_gateway_unrouted_requests_total{code="404"} 1',
  ])
    assert.ok(scraped.body.includes(`${line}\n`), `${line}\n\n${scraped.body}`);
  assert.match(scraped.body, /^process_resident_memory_bytes \d+$/m);
});

test('ready when there is a configuration and not before; alive always', async context => {
  const { gateway, source } = await startGateway(context, undefined);
  const metricsPort = await gateway.listenForMetrics({ host: '127.0.0.1', port: 0 });
  const statusOf = async (path: string) => (await send(metricsPort, { path })).status;
  assert.deepEqual([await statusOf('/healthz'), await statusOf('/readyz')], [200, 503]);
  source.receiver.replace([]);
  assert.deepEqual([await statusOf('/readyz'), await statusOf('/other')], [200, 404]);
  assert.equal((await send(metricsPort, { path: '/metrics', method: 'POST' })).status, 405);
});
