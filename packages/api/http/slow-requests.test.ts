import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';
import type { FinishedRequest } from './request-notes.ts';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('requests are counted, and slow ones are told', () => {
  let api: TestApi;
  let token: string;
  const finished: FinishedRequest[] = [];
  let open = 0;

  before(async () => {
    api = await startTestApi({
      // Everything is slow, so that nothing depends on how busy the machine is.
      slowAfterMs: 0,
      observer: {
        began() {
          open += 1;
        },
        finished(request) {
          open -= 1;
          finished.push(request);
        },
      },
      routes: [
        {
          method: 'POST',
          path: '/api/echo/:name',
          role: 'any',
          async handle({ body }) {
            await body();
            return undefined;
          },
        },
      ],
    });
    token = await createToken(api.store, 'dan');
  });
  after(() => api.close());

  /** The answer may reach us before the server has counted it. */
  const counted = async (path: string, method = 'GET', body?: unknown, headers = {}) => {
    const [requests, lines] = [finished.length, api.logged.length];
    await api.ask(token, method, path, body, headers);
    for (let wait = 0; finished.length === requests && wait < 500; wait++)
      await new Promise(resolve => setTimeout(resolve, 10));
    const line = api.logged.slice(lines).find(one => one.startsWith('slow request '));
    return {
      request: finished.at(-1)!,
      told: line === undefined ? undefined : JSON.parse(line.slice('slow request '.length)),
    };
  };

  test('by verb and resource, in the platform’s words alone', async () => {
    const services = '/apis/causeway.dev/v1/namespaces/shop/services';
    const cases: [string, string, string, string, number][] = [
      ['GET', services, 'list', 'services', 200],
      ['POST', services, 'create', 'services', 201],
      ['GET', `${services}/orders`, 'get', 'services', 200],
      ['GET', `${services}/secret-plan`, 'get', 'services', 404],
      ['GET', `${services}/orders/status`, 'get', 'services/status', 200],
      ['GET', `${services}/orders/nothing`, 'get', 'services', 404],
      ['DELETE', `${services}/orders`, 'delete', 'services', 200],
      ['GET', '/apis/made.up/v1/things', 'get', 'unknown', 404],
      ['GET', '/apis', 'get', 'discovery', 200],
      ['POST', '/api/echo/me', 'post', '/api/echo/:name', 204],
      ['GET', '/readyz', 'get', 'health', 200],
      ['GET', '/nowhere', 'get', 'unknown', 404],
    ];
    for (const [method, path, verb, resource, code] of cases) {
      const body = method === 'POST' ? { metadata: { name: 'orders' } } : undefined;
      const { request } = await counted(path, method, body);
      assert.deepEqual([request.verb, request.resource, request.code], [verb, resource, code], path);
    }
    assert.equal(open, 0);
  });

  test('a slow one says who, what and where the time went', async () => {
    const { told } = await counted(
      '/apis/causeway.dev/v1/namespaces/shop/services?fieldManager=me',
      'POST',
      { metadata: { name: 'carts' } },
      { 'x-request-id': 'abc-1', traceparent: trace },
    );
    assert.deepEqual([told.verb, told.resource, told.user, told.code], ['create', 'services', 'dan', 201]);
    assert.deepEqual([told.id, told.traceparent], ['abc-1', trace]);
    for (const part of ['ms', 'queuedMs', 'decideMs', 'databaseMs', 'serialiseMs', 'sendMs'])
      assert.ok(told[part] >= 0, part);
    assert.ok(told.databaseMs > 0, 'a write waits for PostgreSQL');
    assert.ok(
      told.queuedMs + told.decideMs + told.databaseMs + told.serialiseMs + told.sendMs <= told.ms + 0.5,
      JSON.stringify(told),
    );
  });

  test('[OPS3] no secret: neither token nor body, no unknown parameter, no header that is not what it should be', async () => {
    const services = '/apis/causeway.dev/v1/namespaces/shop/services';
    await counted(`${services}?access_token=hunter2&hunter3=x&limit=5`, 'GET', undefined, {
      'x-request-id': 'hunter4 "',
      traceparent: 'hunter5',
    });
    await counted(`${services}?dryRun=All`, 'POST', { metadata: { name: 'x' }, spec: { hunter6: 1 } });
    const lines = api.logged.filter(line => line.startsWith('slow request ')).join('\n');
    assert.doesNotMatch(lines, /hunter[2-6]/);
    assert.doesNotMatch(lines, new RegExp(token));
    assert.match(lines, /"query":"\(unknown\)&limit=5"/);
  });

  test('a watch lasts as long as its client likes: it is counted and never slow', async () => {
    const lines = api.logged.length;
    const began = finished.length;
    const response = await fetch(`${api.url}/apis/causeway.dev/v1/services?watch=true&timeoutSeconds=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.text();
    while (finished.length === began) await new Promise(resolve => setTimeout(resolve, 5));
    assert.deepEqual([finished.at(-1)?.verb, finished.at(-1)?.lasting], ['watch', true]);
    assert.deepEqual(api.logged.slice(lines), []);
  });

  test('a client that leaves before its answer', async () => {
    const leaving = new AbortController();
    const began = finished.length;
    const asked = fetch(`${api.url}/api/echo/me`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: new ReadableStream({ start: stream => stream.enqueue(new TextEncoder().encode('{')) }),
      duplex: 'half',
      signal: leaving.signal,
    } as RequestInit);
    while (open === 0) await new Promise(resolve => setTimeout(resolve, 5));
    leaving.abort();
    await assert.rejects(asked);
    while (finished.length === began) await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(finished.at(-1)?.code, 499);
  });
});
