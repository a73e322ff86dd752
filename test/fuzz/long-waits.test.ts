import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { openWatch } from '../../packages/api/testing/open-watch.ts';
import { server, startTestApi, type TestApi } from '../../packages/api/testing/test-api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.close());

test('a watch that asks for more time than a timer holds does not end at once [INP1]', async () => {
  const watch = await openWatch(
    api,
    api.admin,
    '/apis/causeway.dev/v1/namespaces/shop/services?watch=true&timeoutSeconds=999999999999',
  );
  await new Promise(resolve => setTimeout(resolve, 50));
  await api.store.create(ServiceKind, { metadata: { name: 'orders', namespace: 'shop' } }, server);
  assert.equal((await watch.next())?.object.metadata.name, 'orders');
  watch.close();
});
