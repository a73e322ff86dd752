import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { openWatch } from '../testing/open-watch.ts';
import { server, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';

describe('which version a list or watch shows', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
    for (let index = 0; index < 7; index++) await create(`t${index}`);
  });
  after(() => api.close());

  const create = (name: string) =>
    api.store.create(ServiceKind, { metadata: { name, namespace: 'shop' } }, server);
  const get = (query: string, headers?: Record<string, string>) =>
    api.ask(api.admin, 'GET', `${services}?${query}`, undefined, headers);
  const names = (body: { items: { metadata: { name: string } }[] }) =>
    body.items.map(item => item.metadata.name);

  test('[PAST1] pages go on at the version of the first, as objects, as tables and as metadata', async () => {
    const forms = ['application/json', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'];
    for (const [index, accept] of forms.entries()) {
      const first = (await get('limit=3', { accept })).body;
      await create(`t1-${index}`);
      const second = (await get(`limit=3&continue=${first.metadata.continue}`, { accept })).body;
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assert.equal(first.metadata.remainingItemCount, 4 + index);
      assert.ok(!names(second).includes(`t1-${index}`) && !names(first).includes(`t1-${index}`));
    }
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const table = (await get('limit=3', { accept })).body;
    const rest = (await get(`continue=${table.metadata.continue}`, { accept })).body;
    assert.equal(table.rows.length + rest.rows.length, 9);
  });

  test('[PAST1] an expired list offers a token to go on with', async () => {
    const first = (await get('limit=3')).body;
    await create('t8');
    await api.engine.compact();
    // What is in memory is still good; a server that starts now has only what the database keeps.
    const fresh = await api.another();
    try {
      await create('t9');
      const expired = await fresh.ask(
        api.admin,
        'GET',
        `${services}?limit=3&continue=${first.metadata.continue}`,
      );
      assert.equal(expired.status, 410);
      assert.equal(expired.body.reason, 'Expired');
      assert.match(expired.body.message, /^The provided continue parameter is too old to display/);
      const next = `${services}?limit=20&continue=${expired.body.metadata.continue}`;
      const rest = await fresh.ask(api.admin, 'GET', next);
      assert.equal(rest.status, 200);
      assert.ok(names(rest.body).includes('t9'));
      assert.ok(Number(rest.body.metadata.resourceVersion) > Number(first.metadata.resourceVersion));
    } finally {
      await fresh.close();
    }
  });

  test('what contradicts itself is Invalid, in the words of the kube-apiserver', async () => {
    const cases: readonly (readonly [string, string])[] = [
      [
        'limit=2&continue=x&resourceVersionMatch=NotOlderThan',
        '[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]',
      ],
      [
        'resourceVersion=5&resourceVersionMatch=Foo',
        'resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
      ],
      [
        'resourceVersion=0&resourceVersionMatch=Exact',
        'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ],
      ['sendInitialEvents=true', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
      [
        'watch=true&sendInitialEvents=false',
        'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ],
      [
        'watch=true&sendInitialEvents=true&resourceVersionMatch=Exact',
        '[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
      ],
      [
        'watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=5',
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ],
    ];
    for (const [query, message] of cases) {
      const { status, body } = await get(query);
      assert.equal(status, 422, query);
      assert.equal(body.message, `ListOptions.meta.k8s.io "" is invalid: ${message}`);
      assert.equal(
        body.details.causes[0].field,
        message.startsWith('send') ? 'sendInitialEvents' : 'resourceVersionMatch',
      );
    }
  });

  test('a version that nobody has reached is a Timeout with a time to wait, for lists, objects and watches', async () => {
    const answers = await Promise.all([
      get('resourceVersion=99999999'),
      get('resourceVersion=99999999&resourceVersionMatch=Exact'),
      get('resourceVersion=99999999&limit=2'),
      api.ask(api.admin, 'GET', `${services}/t1?resourceVersion=99999999`),
    ]);
    for (const { status, body, headers } of answers) {
      assert.equal(status, 504);
      assert.equal(headers.get('retry-after'), '1');
      assert.match(body.message, /^Timeout: Too large resource version: 99999999, current: \d+/);
      assert.equal(body.reason, 'Timeout');
      assert.equal(body.details.retryAfterSeconds, 1);
      assert.equal(body.details.causes[0].reason, 'ResourceVersionTooLarge');
    }
    assert.equal((await api.ask(api.admin, 'GET', `${services}/t1?resourceVersion=0`)).status, 200);
    const watch = await openWatch(
      api,
      api.admin,
      `${services}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=99999999`,
    );
    const error = await watch.next();
    assert.deepEqual([error?.type, error?.object.code], ['ERROR', 504]);
    assert.equal(await watch.next(), undefined);
  });

  test('initial events end with a bookmark only for those who take bookmarks; `false` begins with what follows', async () => {
    const query = 'watch=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Dt5';
    const [plain, marked, none] = await Promise.all([
      openWatch(api, api.admin, `${services}?${query}&sendInitialEvents=true`),
      openWatch(api, api.admin, `${services}?${query}&sendInitialEvents=true&allowWatchBookmarks=true`),
      openWatch(api, api.admin, `${services}?${query}&sendInitialEvents=false&allowWatchBookmarks=true`),
    ]);
    assert.equal((await plain.next())?.type, 'ADDED');
    assert.deepEqual(
      (await marked.take(2)).map(({ type }) => type),
      ['ADDED', 'BOOKMARK'],
    );
    await api.store.delete(ServiceKind, { namespace: 'shop', name: 't5' }, server);
    for (const watch of [plain, marked, none]) {
      assert.equal((await watch.next())?.type, 'DELETED');
      watch.close();
    }
  });

  test('a watch says how far it came two seconds before its time is over', async () => {
    const { resourceVersion } = (await get('limit=1')).body.metadata;
    const watch = await openWatch(
      api,
      api.admin,
      `${services}?watch=true&timeoutSeconds=3&allowWatchBookmarks=true&labelSelector=none&resourceVersion=${resourceVersion}`,
    );
    await create('unseen');
    const farewell = await watch.next();
    assert.equal(farewell?.type, 'BOOKMARK');
    assert.ok(Number(farewell?.object.metadata.resourceVersion) > Number(resourceVersion));
    const told = performance.now();
    assert.equal(await watch.next(), undefined);
    // Two seconds, less what the machine was late by.
    assert.ok(performance.now() - told > 100);
  });
});
