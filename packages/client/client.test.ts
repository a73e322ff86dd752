import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { BuildKind, isPlatformError, PlatformError, ServiceKind, TeamKind } from '@causeway/model';
import { createClient } from './client.ts';
import { line, type StandIn, serviceObject, startStandIn } from './testing/stand-in-server.ts';

const answering = (value: unknown): Promise<StandIn> =>
  startStandIn((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  });

test('each verb is the request that the Kubernetes API defines', async t => {
  const server = await answering(serviceObject('orders', '7'));
  t.after(server.close);
  const client = createClient({ server: `${server.url}/`, token: 'secret' });
  t.after(client.close);
  const services = client.resource(ServiceKind);

  await services.get('default', 'orders');
  await services.create('default', { metadata: { name: 'orders' }, spec: { replicas: 2 } }, { dryRun: true });
  await services.patch('default', 'orders', { spec: { replicas: 3 } });
  await services.patchStatus('default', 'orders', { status: { phase: 'Running' } });
  await client.resource(TeamKind).get('', 'shop');
  await client.action(ServiceKind, 'default', 'orders', 'deploy', { ref: 'main' });
  const gone = await services.delete('default', 'orders', { uid: 'u' });

  assert.deepEqual(
    server.requests.map(({ method, url }) => `${method} ${url.pathname}${url.search}`),
    [
      'GET /apis/causeway.dev/v1/namespaces/default/services/orders',
      'POST /apis/causeway.dev/v1/namespaces/default/services?dryRun=All',
      'PATCH /apis/causeway.dev/v1/namespaces/default/services/orders',
      'PATCH /apis/causeway.dev/v1/namespaces/default/services/orders/status',
      'GET /apis/causeway.dev/v1/teams/shop',
      'POST /apis/causeway.dev/v1/namespaces/default/services/orders/deploy',
      'DELETE /apis/causeway.dev/v1/namespaces/default/services/orders',
    ],
  );
  assert.deepEqual(
    server.requests.map(request => request.headers['content-type']),
    [
      undefined,
      'application/json',
      'application/merge-patch+json',
      'application/merge-patch+json',
      undefined,
      'application/json',
      'application/json',
    ],
  );
  assert.ok(server.requests.every(request => request.headers.authorization === 'Bearer secret'));
  assert.deepEqual(JSON.parse(server.requests[1]?.body ?? ''), {
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: { name: 'orders' },
    spec: { replicas: 2 },
  });
  assert.equal(JSON.parse(server.requests[6]?.body ?? '').preconditions.uid, 'u');
  assert.equal(gone?.metadata.name, 'orders');
  assert.ok(server.connections() <= 2, 'kept connections serve them all');
});

test('a list keeps its version and how to go on; a finished delete gives nothing', async t => {
  const server = await startStandIn((request, response) =>
    response.end(
      JSON.stringify(
        request.method === 'DELETE'
          ? { kind: 'Status', status: 'Success' }
          : {
              items: [serviceObject('a', '1')],
              metadata: { resourceVersion: '9', continue: 'c', remainingItemCount: 3 },
            },
      ),
    ),
  );
  t.after(server.close);
  const services = createClient({ server: server.url }).resource(ServiceKind);
  const page = await services.list({ namespace: 'default', labelSelector: 'a in (b,c)', limit: 1 });
  assert.deepEqual([page.resourceVersion, page.continue, page.remainingItemCount], ['9', 'c', 3]);
  assert.equal(server.requests[0]?.url.searchParams.get('labelSelector'), 'a in (b,c)');
  assert.equal(await services.delete('default', 'orders'), undefined);
});

test('names that could change the path are refused before anything is sent', async t => {
  const server = await answering({});
  t.after(server.close);
  const client = createClient({ server: server.url });
  for (const name of ['../teams/x', 'a/b', 'a?b', 'A', '', '..', 'a%2fb', '__proto__', 'a\nb'])
    await assert.rejects(
      async () => client.resource(BuildKind).get('default', name),
      error => isPlatformError(error, 'Invalid'),
      name,
    );
  await assert.rejects(
    async () => client.resource(ServiceKind).get('', 'orders'),
    error => isPlatformError(error, 'BadRequest'),
  );
  assert.equal(server.requests.length, 0);
});

test('a server that cannot be reached is Unavailable and named', async () => {
  const port = createServer().listen(0, '127.0.0.1');
  await once(port, 'listening');
  const { port: number } = port.address() as { port: number };
  await new Promise(resolve => port.close(resolve));
  const client = createClient({ server: `http://127.0.0.1:${number}` });
  await assert.rejects(
    client.resource(ServiceKind).list(),
    (error: PlatformError) =>
      error instanceof PlatformError &&
      error.code === 'Unavailable' &&
      error.message === `The platform at http://127.0.0.1:${number} cannot be reached.` &&
      error.evidence.some(said => said.includes('ECONNREFUSED')),
  );
});

test('a read whose kept connection was closed is asked once more, a write is not', async t => {
  let asked = 0;
  const server = await startStandIn((_request, response) => {
    asked++;
    if (asked === 2 || asked === 4) response.socket?.destroy();
    else response.end(JSON.stringify(serviceObject('orders', '1')));
  });
  t.after(server.close);
  const services = createClient({ server: server.url }).resource(ServiceKind);
  await services.get('default', 'orders');
  await services.get('default', 'orders');
  assert.equal(asked, 3);
  await assert.rejects(services.patch('default', 'orders', {}), error =>
    isPlatformError(error, 'Unavailable'),
  );
  assert.equal(asked, 4);
});

test('an answer that is no JSON says so; an address that is none is a usage error', async t => {
  const server = await startStandIn((_request, response) =>
    response.end('<html>Sign in to the hotel</html>'),
  );
  t.after(server.close);
  await assert.rejects(
    createClient({ server: server.url }).resource(ServiceKind).list(),
    /did not answer with JSON/,
  );
  for (const address of ['', '127.0.0.1:7070', 'ftp://h', 'http://user:secret@h'])
    assert.throws(
      () => createClient({ server: address }),
      error => isPlatformError(error, 'Usage'),
    );
});

test('a stream gives lines as they arrive and ends with the signal', async t => {
  const server = await startStandIn((_request, response) => {
    response.write('first\nsec');
    setTimeout(() => response.write('ond\n'), 5);
  });
  t.after(server.close);
  const client = createClient({ server: server.url });
  const ending = new AbortController();
  const lines: string[] = [];
  const reading = (async () => {
    for await (const text of client.stream(
      BuildKind,
      'default',
      'a.1',
      'log',
      { follow: true },
      ending.signal,
    )) {
      lines.push(text);
      if (lines.length === 2) ending.abort(new Error('enough'));
    }
  })();
  await assert.rejects(reading, /enough/);
  assert.deepEqual(lines, ['first', 'second']);
});

test('a watch of one connection yields its events and throws what the server says', async t => {
  const server = await startStandIn((_request, response) => {
    response.write(line({ type: 'ADDED', object: serviceObject('a', '1') }));
    response.end(
      line({ type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410, message: 'too old' } }),
    );
  });
  t.after(server.close);
  const types: string[] = [];
  await assert.rejects(
    async () => {
      const watch = createClient({ server: server.url })
        .resource(ServiceKind)
        .watch({ signal: new AbortController().signal });
      for await (const event of watch) types.push(event.type);
    },
    error => isPlatformError(error, 'Expired'),
  );
  assert.deepEqual(types, ['ADDED']);
});
