import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const merge = { 'content-type': 'application/merge-patch+json' };

describe('[APP5] the scale of an object', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
    const spec = { replicas: 2 };
    await api.ask(api.admin, 'POST', `${services}?fieldManager=maker`, { metadata: { name: 'web' }, spec });
  });
  after(() => api.close());
  const ask = (method: string, query = '', body?: object, headers = {}, token = api.admin) =>
    api.ask(token, method, `${services}/web/scale${query}`, body, headers);

  test('is read, replaced and patched, and changes nothing else', async () => {
    const read = await ask('GET');
    const { uid, resourceVersion, creationTimestamp } = read.body.metadata;
    assert.deepEqual(read.body, {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web', namespace: 'shop', uid, resourceVersion, creationTimestamp },
      spec: { replicas: 2 },
      status: { replicas: 0 },
    });
    const put = await ask('PUT', '', { ...read.body, spec: { replicas: 3 } });
    assert.equal(put.status, 200);
    assert.equal(
      (await ask('PUT', '', { ...read.body, spec: { replicas: 4 } })).status,
      409,
      'a stale version',
    );
    assert.equal(
      (await ask('PATCH', '?fieldManager=hpa', { spec: { replicas: 5 } }, merge)).body.spec.replicas,
      5,
    );
    const dry = await ask('PATCH', '?dryRun=All', { spec: { replicas: 9 } }, merge);
    assert.equal(dry.body.spec.replicas, 9);
    const whole = await api.ask(api.admin, 'GET', `${services}/web`);
    assert.equal(whole.body.spec.replicas, 5);
    assert.equal(whole.body.spec.branch, 'main');
    const owners = whole.body.metadata.managedFields.filter(
      (entry: { fieldsV1: { 'f:spec'?: object } }) =>
        entry.fieldsV1['f:spec'] && 'f:replicas' in entry.fieldsV1['f:spec'],
    );
    assert.deepEqual(owners, [
      {
        manager: 'hpa',
        operation: 'Update',
        apiVersion: 'causeway.dev/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        subresource: 'scale',
      },
    ]);
  });

  test('what cannot be is refused', async () => {
    assert.equal((await ask('PATCH', '', { spec: { replicas: -1 } }, merge)).status, 422);
    assert.equal((await ask('PATCH', '', { spec: { replicas: 51 } }, merge)).status, 422);
    assert.equal((await ask('PATCH', '', { spec: { replicas: 'x' } }, merge)).status, 400);
    assert.equal((await ask('PATCH', '', { kind: 'Service' }, merge)).status, 422);
    assert.match((await ask('PUT', '', {})).body.message, /undeterminable: name must be provided$/);
    assert.equal(
      (await ask('PATCH', '', {}, { 'content-type': 'application/apply-patch+yaml' })).status,
      415,
    );
    assert.equal((await ask('DELETE')).status, 405);
    assert.equal((await api.ask(api.admin, 'GET', `${services}/nope/scale`)).status, 404);
    assert.equal((await api.ask(api.admin, 'GET', '/apis/causeway.dev/v1/teams/shop/scale')).status, 404);
  });

  test('whoever may read and change the object may read and change its scale', async () => {
    const [vera, bob] = [await createToken(api.store, 'vera'), await createToken(api.store, 'bob')];
    assert.equal((await ask('GET', '', undefined, {}, vera)).status, 200);
    assert.equal((await ask('PATCH', '', { spec: { replicas: 1 } }, merge, vera)).status, 403);
    assert.equal((await ask('GET', '', undefined, {}, bob)).status, 403);
  });

  test('discovery, OpenAPI and tables know it', async () => {
    const { body } = await api.ask(api.admin, 'GET', '/apis/causeway.dev/v1');
    assert.deepEqual(
      body.resources.find(({ name }: { name: string }) => name === 'services/scale'),
      {
        name: 'services/scale',
        singularName: '',
        namespaced: true,
        group: 'autoscaling',
        version: 'v1',
        kind: 'Scale',
        verbs: ['get', 'patch', 'update'],
      },
    );
    const document = await api.ask(api.admin, 'GET', '/openapi/v3/apis/causeway.dev/v1');
    const path = document.body.paths['/apis/causeway.dev/v1/namespaces/{namespace}/services/{name}/scale'];
    assert.equal(path.put['x-kubernetes-group-version-kind'].kind, 'Scale');
    const table = await ask('GET', '', undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    assert.deepEqual(
      table.body.columnDefinitions.map(({ name }: { name: string }) => name),
      ['Name', 'Desired', 'Available', 'Age'],
    );
  });
});
