import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import {
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { type RestartableApi, startRestartableApi } from './restartable-api.ts';

interface Service {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
  };
  spec: { description?: string; replicas?: number };
}

const at = { group: 'causeway.dev', version: 'v1', namespace: 'shop', plural: 'services' };
const service = (name: string, spec: Service['spec'] = {}): Service => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec,
});

describe('@kubernetes/client-node against the API', () => {
  let api: RestartableApi;
  let config: KubeConfig;
  let objects: CustomObjectsApi;
  before(async () => {
    api = await startRestartableApi();
    config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'test', server: api.url, caData: Buffer.from(api.authority).toString('base64') }],
      users: [{ name: 'test', token: api.token }],
      contexts: [{ name: 'test', cluster: 'test', user: 'test', namespace: 'shop' }],
      currentContext: 'test',
    });
    objects = config.makeApiClient(CustomObjectsApi);
  });
  after(() => api.close());

  test('custom objects: created, read, patched, listed by label and by page, deleted', async () => {
    const created = await objects.createNamespacedCustomObject({
      ...at,
      body: service('one', { replicas: 2 }),
    });
    assert.equal(created.spec.replicas, 2);
    const patched = await objects.patchNamespacedCustomObject({
      ...at,
      name: 'one',
      body: [{ op: 'add', path: '/metadata/labels', value: { tier: 'web' } }],
    });
    assert.deepEqual(patched.metadata.labels, { tier: 'web' });
    const merged = await objects.patchNamespacedCustomObject(
      { ...at, name: 'one', body: { spec: { description: 'a shop' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    assert.equal(merged.spec.description, 'a shop');
    await objects.createNamespacedCustomObject({ ...at, body: service('two') });
    const selected = await objects.listNamespacedCustomObject({ ...at, labelSelector: 'tier in (web, api)' });
    assert.deepEqual(
      selected.items.map((one: Service) => one.metadata.name),
      ['one'],
    );
    const first = await objects.listNamespacedCustomObject({ ...at, limit: 1 });
    const second = await objects.listNamespacedCustomObject({
      ...at,
      limit: 1,
      _continue: first.metadata._continue ?? first.metadata.continue,
    });
    assert.deepEqual(
      [...first.items, ...second.items].map((one: Service) => one.metadata.name),
      ['one', 'two'],
    );
    await objects.deleteNamespacedCustomObject({ ...at, name: 'one' });
    await objects.deleteNamespacedCustomObject({ ...at, name: 'two' });
    await assert.rejects(
      objects.getNamespacedCustomObject({ ...at, name: 'one' }),
      (error: { code: number; body: { reason: string } }) => {
        assert.equal(error.code, 404);
        return true;
      },
    );
  });

  test('KubernetesObjectApi finds the address of a kind by discovery, and applies from the server’s side', async () => {
    const client = KubernetesObjectApi.makeApiClient(config);
    const created = await client.create(service('found'));
    assert.ok(created.metadata?.uid);
    const read = (await client.read(service('found'))) as unknown as Service;
    assert.equal(read.metadata.name, 'found');
    const replaced = await client.replace({ ...read, spec: { ...read.spec, description: 'replaced' } });
    assert.equal((replaced as unknown as Service).spec.description, 'replaced');
    await assert.rejects(
      client.replace({ ...read, spec: { description: 'too late' } }),
      (error: { code: number }) => error.code === 409,
    );
    const applied = await client.patch(
      service('found', { replicas: 3 }),
      undefined,
      undefined,
      'test-client',
      true,
      PatchStrategy.ServerSideApply,
    );
    assert.equal((applied as unknown as Service).spec.replicas, 3);
    const { items } = await client.list('causeway.dev/v1', 'Service', 'shop');
    assert.deepEqual(
      items.map(one => one.metadata?.name),
      ['found'],
    );
    await client.delete(service('found'));
  });

  test('an informer sees what is added, changed and deleted, over a restart and over a lost past [ENG4]', async () => {
    const seen: string[] = [];
    let lists = 0;
    const informer = makeInformer<Service>(config, '/apis/causeway.dev/v1/namespaces/shop/services', () => {
      lists += 1;
      return objects.listNamespacedCustomObject(at);
    });
    informer.on('add', one => seen.push(`add ${one.metadata.name}`));
    informer.on('update', one => seen.push(`update ${one.metadata.name} ${one.spec.description}`));
    informer.on('delete', one => seen.push(`delete ${one.metadata.name}`));
    // As the library's own example: what ends with an error is started again.
    let errors = 0;
    let over = false;
    informer.on('error', () => {
      errors += 1;
      if (!over) setTimeout(() => void informer.start(), 100);
    });
    const describeAs = (name: string, description: string) =>
      objects.patchNamespacedCustomObject(
        { ...at, name, body: { spec: { description } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    try {
      await objects.createNamespacedCustomObject({ ...at, body: service('early') });
      await informer.start();
      await until('the first list', () => seen.includes('add early'));
      await objects.createNamespacedCustomObject({ ...at, body: service('late') });
      await describeAs('late', 'changed');
      await until('the change', () => seen.includes('update late changed'));

      await api.stop();
      await api.start();
      await describeAs('late', 'after a restart');
      await until('the change after a restart', () => seen.includes('update late after a restart'));

      await api.stop();
      const listed = lists;
      await api.forgetAfter(async ({ store }) => {
        const actor = { user: 'system:server' };
        await store.delete(ServiceKind, { namespace: 'shop', name: 'early' }, actor);
        await store.create(ServiceKind, { metadata: { name: 'unseen', namespace: 'shop' } }, actor);
      });
      await api.start();
      await until(
        'what happened meanwhile',
        () => seen.includes('delete early') && seen.includes('add unseen'),
      );
      assert.equal(lists, listed + 1, 'what is no longer kept is listed again');
      await objects.deleteNamespacedCustomObject({ ...at, name: 'late' });
      await until('the deletion', () => seen.includes('delete late'));
      assert.deepEqual(
        informer.list().map(one => one.metadata.name),
        ['unseen'],
      );
      for (const once of ['add early', 'add late', 'add unseen', 'delete early', 'delete late'])
        assert.equal(
          seen.filter(one => one === once).length,
          1,
          `${once} in ${seen.join(', ')} (${errors} errors)`,
        );
    } finally {
      over = true;
      await informer.stop();
    }
  });
});
