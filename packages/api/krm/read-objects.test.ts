import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { server, startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.close());

test('a list that is sent in pieces has every object once and in order, short ones and long ones', async () => {
  const names = Array.from({ length: 600 }, (_, index) => `listed-${String(index).padStart(3, '0')}`);
  const noteOf = (index: number) => 'ü'.repeat(index % 100 === 0 ? 60_000 : index % 200);
  await Promise.all(
    names.map((name, index) =>
      api.store.create(
        ServiceKind,
        { metadata: { name, namespace: 'shop', annotations: { note: noteOf(index) } }, spec: {} },
        server,
      ),
    ),
  );
  const { status, body } = await api.ask(api.admin, 'GET', '/apis/causeway.dev/v1/namespaces/shop/services');
  assert.equal(status, 200);
  assert.equal(body.kind, 'ServiceList');
  const listed = body.items.map((one: { metadata: { name: string; annotations: { note: string } } }) => [
    one.metadata.name,
    one.metadata.annotations.note.length,
  ]);
  assert.deepEqual(
    listed,
    names.map((name, index) => [name, noteOf(index).length]),
  );
});
