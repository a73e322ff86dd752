import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { AccessTokenKind, ServiceKind, TeamKind } from '@causeway/model';
import { openWatch } from '../testing/open-watch.ts';
import { createToken, hurriedClock, server, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';

describe('watches over HTTP', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi({ clock: hurriedClock });
  });
  after(() => api.close());

  const create = (name: string, namespace = 'shop') =>
    api.store.create(ServiceKind, { metadata: { name, namespace, labels: { name } } }, server);
  const rename = (name: string, description: string) =>
    api.store.mutate(
      ServiceKind,
      { namespace: 'shop', name },
      service => ({ ...service, spec: { ...service.spec, description } }),
      server,
    );
  const remove = (name: string, namespace = 'shop') =>
    api.store.delete(ServiceKind, { namespace, name }, server);

  test('tells of creation, change and deletion, in order, from a resource version on', async () => {
    const { body } = await api.ask(api.admin, 'GET', services);
    const watch = await openWatch(
      api,
      api.admin,
      `${services}?watch=true&resourceVersion=${body.metadata.resourceVersion}`,
    );
    assert.equal(watch.status, 200);
    await create('one');
    await rename('one', 'changed');
    await remove('one');
    const events = await watch.take(3);
    assert.deepEqual(
      events.map(event => event.type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    assert.equal(events[1]?.object.spec.description, 'changed');
    const versions = events.map(event => Number(event.object.metadata.resourceVersion));
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    );
    watch.close();
  });

  /** All that comes on a connection until it ends. */
  const conversation = async (...requests: readonly string[]): Promise<string> => {
    const socket = net.connect(api.port, '127.0.0.1').setEncoding('utf8');
    let text = '';
    socket.on('data', piece => {
      text += piece;
    });
    for (const request of requests)
      socket.write(`${request}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${api.admin}\r\n\r\n`);
    await once(socket, 'end');
    socket.end();
    return text;
  };

  test('a watch comes in chunks, or plainly to who knows no chunks; what was asked after it follows', async () => {
    await create('chunked');
    const watch = `GET ${services}?watch=true&timeoutSeconds=60&fieldSelector=metadata.name%3Dchunked`;
    const plain = await conversation(`${watch} HTTP/1.0`);
    const [, lines = ''] = plain.split('\r\n\r\n');
    assert.equal(JSON.parse(lines).object.metadata.name, 'chunked');

    const both = await conversation(`${watch} HTTP/1.1`, 'GET /version HTTP/1.1\r\nConnection: close');
    const [, length, line, end, rest] = /\r\n\r\n([0-9a-f]+)\r\n(.+\n)\r\n(0\r\n\r\n)(.*)$/s.exec(both) ?? [];
    assert.equal(Number.parseInt(length ?? '', 16), Buffer.byteLength(line ?? ''));
    assert.equal(line, lines);
    assert.ok(end && rest?.startsWith('HTTP/1.1 200 OK'), both);
    await remove('chunked');
  });

  test('begins with what is, marks its end for those who ask, and selects', async () => {
    await create('first');
    await create('second');
    const plain = await openWatch(api, api.admin, `${services}?watch=1&labelSelector=name%3Dfirst`);
    assert.equal((await plain.next())?.object.metadata.name, 'first');
    plain.close();

    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dsecond';
    const initial = await openWatch(api, api.admin, `${services}?${query}`);
    const [added, bookmark] = await initial.take(2);
    assert.equal(added?.object.metadata.name, 'second');
    assert.equal(bookmark?.type, 'BOOKMARK');
    assert.equal(bookmark?.object.metadata.annotations['k8s.io/initial-events-end'], 'true');
    await remove('second');
    assert.equal((await initial.next())?.type, 'DELETED');
    initial.close();
    assert.equal(
      (await api.ask(api.admin, 'GET', `${services}?watch=true&sendInitialEvents=true`)).status,
      422,
    );

    const single = await openWatch(api, api.admin, `${services}/first?watch=true`);
    assert.equal((await single.next())?.object.metadata.name, 'first');
    single.close();
    await remove('first');
  });

  test('speaks in tables and in metadata alone when asked', async () => {
    const tables = await openWatch(api, api.admin, `${services}?watch=true`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const metadata = await openWatch(api, api.admin, `${services}?watch=true`, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    });
    await create('t1');
    await create('t2');
    const [first, second] = await tables.take(2);
    assert.equal(first?.object.kind, 'Table');
    assert.ok(first?.object.columnDefinitions.length > 3);
    assert.equal(second?.object.columnDefinitions, null);
    assert.equal(second?.object.rows[0].cells[0], 't2');
    const line = await metadata.next();
    assert.equal(line?.object.kind, 'PartialObjectMetadata');
    assert.equal(line?.object.spec, undefined);
    tables.close();
    metadata.close();
  });

  test('ends when its time is over, and says what went wrong as an event', async () => {
    const timed = await openWatch(
      api,
      api.admin,
      `${services}?watch=true&timeoutSeconds=1&resourceVersion=${(await api.ask(api.admin, 'GET', services)).body.metadata.resourceVersion}`,
    );
    assert.equal(await timed.next(), undefined);
    const unfit = await api.ask(api.admin, 'GET', `${services}?watch=true&fieldSelector=spec.secret%3Dx`);
    assert.equal(unfit.status, 400, 'before it begins');
    await api.engine.compact();
    const other = await api.another();
    const wrong = await openWatch(other, api.admin, `${services}?watch=true&resourceVersion=1`);
    const error = await wrong.next();
    assert.equal(error?.type, 'ERROR');
    assert.equal(error?.object.code, 410);
    assert.equal(error?.object.reason, 'Expired');
    assert.match(error?.object.message, /^too old resource version: 1 \(\d+\)/);
    assert.equal(await wrong.next(), undefined);
    await other.close();
    assert.equal((await api.ask(api.admin, 'GET', `${services}?watch=true&resourceVersion=x`)).status, 400);
    assert.equal((await api.ask(api.admin, 'GET', `${services}?watch=true&timeoutSeconds=x`)).status, 400);
  });

  test('across teams it shows only one’s own, and ends when that changes', async () => {
    const olga = await createToken(api.store, 'olga');
    const mine = await openWatch(
      api,
      olga,
      '/apis/causeway.dev/v1/services?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    for (let line = await mine.next(); line?.type !== 'BOOKMARK'; line = await mine.next())
      assert.equal(line?.object.metadata.namespace, 'shop');
    await create('foreign', 'books');
    await create('own');
    assert.equal((await mine.next())?.object.metadata.name, 'own');
    await api.store.mutate(
      TeamKind,
      { namespace: '', name: 'books' },
      team => ({ ...team, spec: { members: [{ user: 'olga', role: 'viewer' }] } }),
      server,
    );
    assert.equal(await mine.next(), undefined, 'the watch ends; the next one shows both teams');
  });

  test('a revoked token ends the watches it opened', async () => {
    const token = await createToken(api.store, 'vera');
    const name =
      api.store.peekAll(AccessTokenKind, undefined, one => one.spec.user === 'vera')[0]?.metadata.name ?? '';
    const version = (await api.ask(token, 'GET', services)).body.metadata.resourceVersion;
    const watch = await openWatch(api, token, `${services}?watch=true&resourceVersion=${version}`);
    await api.store.delete(AccessTokenKind, { namespace: '', name }, server);
    assert.equal((await api.ask(token, 'GET', services)).status, 401);
    assert.equal(await watch.next(), undefined);
  });

  test('a client that does not read holds nobody up', async () => {
    const version = (await api.ask(api.admin, 'GET', services)).body.metadata.resourceVersion;
    const socket = net.connect(api.port, '127.0.0.1');
    socket.pause();
    socket.write(
      `GET ${services}?watch=true&resourceVersion=${version} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${api.admin}\r\n\r\n`,
    );
    const quick = await openWatch(api, api.admin, `${services}?watch=true&resourceVersion=${version}`);
    const large = 'x'.repeat(30_000);
    await create('bulky');
    for (let round = 0; round < 200; round++)
      await api.store.mutate(
        ServiceKind,
        { namespace: 'shop', name: 'bulky' },
        service => ({
          ...service,
          spec: { ...service.spec, variables: [{ name: 'A', value: `${round}${large}` }] },
        }),
        server,
      );
    await quick.take(201);
    quick.close();
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  });

  test('closing the server ends watches cleanly', async () => {
    const other = await startTestApi();
    const watch = await openWatch(other, other.admin, `${services}?watch=true`);
    await other.close();
    // A connection that is cut off would reject here.
    assert.equal(await watch.next(), undefined);
  });
});
