import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type OpenWatch, openWatch } from '../testing/open-watch.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { defaultFlowControl } from './flow-control.ts';

let api: TestApi;
const watches: OpenWatch[] = [];
before(async () => {
  api = await startTestApi();
});
after(async () => {
  for (const watch of watches) watch.close();
  await api.close();
});

test('a watch that has begun holds no seat: one user may have more watches than seats', async () => {
  const path = '/apis/causeway.dev/v1/namespaces/shop/services?watch=true';
  const count = defaultFlowControl.seatsPerFlow + 16;
  watches.push(...(await Promise.all(Array.from({ length: count }, () => openWatch(api, api.admin, path)))));
  assert.ok(watches.every(({ status }) => status === 200));
  const { status } = await api.ask(api.admin, 'GET', '/apis/causeway.dev/v1/teams/shop');
  assert.equal(status, 200);
});
