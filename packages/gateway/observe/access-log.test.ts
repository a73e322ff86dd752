import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { open, send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { accessLine } from './access-log.ts';

test('a line is one JSON object whatever the request held', () => {
  const line = accessLine(
    {
      environment: 'production',
      method: 'GET',
      path: '/a"b\\c\u00ff?token=secret',
      status: 200,
      durationMs: 1.23456,
      bytes: 3,
      release: 'shop.1',
      requestId: 'id',
      traceId: 'trace',
      aborted: true,
    },
    '2026-01-01T00:00:00.000Z',
  );
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1);
  assert.deepEqual(JSON.parse(line), {
    time: '2026-01-01T00:00:00.000Z',
    environment: 'production',
    method: 'GET',
    path: '/a"b\\c\u00ff',
    status: 200,
    durationMs: 1.235,
    bytes: 3,
    release: 'shop.1',
    requestId: 'id',
    traceId: 'trace',
    aborted: true,
  });
});

test('each request is one line in the log of its service, without its query or headers', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    if (incoming.url === '/slow') response.write('begun');
    else response.end('hello');
  });
  const { port, data } = await startGateway(context, [
    makeRoute({ backends: [{ ...backend, release: 'shop.7' }] }),
    makeRoute({ service: 'empty', hostnames: ['empty.localhost'] }),
  ]);
  await send(port, {
    path: '/a?password=secret',
    headers: { authorization: 'secret', 'x-request-id': 'mine' },
  });
  await send(port, { host: 'empty.localhost' });
  const { request: sent, response } = open(port, { path: '/slow' });
  sent.end();
  (await response).on('error', () => {});
  sent.destroy();
  const lines = (service: string): Record<string, unknown>[] => {
    try {
      const text = readFileSync(join(data, 'logs', 'access', `retail.${service}.log`), 'utf8');
      assert.doesNotMatch(text, /secret/);
      return text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
    } catch {
      return [];
    }
  };
  await until('the lines', () => lines('shop').length === 2 && lines('empty').length === 1);
  const [first, slow] = lines('shop');
  assert.equal(first!.path, '/a');
  assert.equal(first!.status, 200);
  assert.equal(first!.bytes, 5);
  assert.equal(first!.release, 'shop.7');
  assert.equal(first!.requestId, 'mine');
  assert.match(String(first!.traceId), /^[0-9a-f]{32}$/);
  assert.ok((first!.durationMs as number) > 0);
  assert.equal(slow!.aborted, true);
  assert.equal(lines('empty')[0]!.status, 503);
  assert.equal(lines('empty')[0]!.release, '');
});
