import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kinds, ServiceKind } from '@causeway/model';
import type { ActionDefinition } from '../krm/resources.ts';
import { CrateKind } from '../testing/crate-kind.ts';
import { openWatch } from '../testing/open-watch.ts';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

const groups = ['platform.kubedojo.io', 'idp.example.com'] as const;
const [group] = groups;
const all = ['causeway.dev', ...groups] as const;

/** Answers with the object itself, as the platform’s own actions do. */
const greet: ActionDefinition = {
  kind: ServiceKind,
  name: 'greet',
  role: 'developer',
  handle: async ({ name }) => ({ apiVersion: 'causeway.dev/v1', kind: 'Service', metadata: { name } }),
};

describe('[API2] groups of an organisation over HTTP', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi({ kinds: [...kinds, CrateKind], apiGroups: groups, actions: [greet] });
  });
  after(() => api.close());
  const services = (of: string, team = 'shop') => `/apis/${of}/v1/namespaces/${team}/services`;

  test('discovery tells of each group, and lists what can be listed once', async () => {
    const { body } = await api.ask(api.admin, 'GET', '/apis');
    const named = body.groups.map(({ name }: { name: string }) => name);
    assert.deepEqual(named.slice(0, 1), ['causeway.dev'], 'names without a group mean ours');
    for (const one of groups) assert.ok(named.includes(one));
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const aggregated = await api.ask(api.admin, 'GET', '/apis', undefined, { accept });
    const listed = aggregated.body.items.flatMap(
      (item: {
        metadata: { name: string };
        versions: { resources: { resource: string; verbs: string[] }[] }[];
      }) =>
        item.versions.flatMap(({ resources }) =>
          resources
            .filter(({ resource, verbs }) => resource === 'services' && verbs.includes('list'))
            .map(() => item.metadata.name),
        ),
    );
    assert.deepEqual(listed, ['causeway.dev']);
    const { body: version } = await api.ask(api.admin, 'GET', `/apis/${group}/v1`);
    const found = version.resources.find(({ name }: { name: string }) => name === 'services');
    assert.deepEqual([found.kind, found.verbs, found.shortNames], ['Service', [], undefined]);
    const other = await api.ask(api.admin, 'GET', '/apis/platform.other.io/v1');
    assert.equal(other.status, 404);
  });

  test('OpenAPI of a group speaks of that group alone', async () => {
    const { body } = await api.ask(api.admin, 'GET', `/openapi/v3/apis/${group}/v1`);
    const { schemas } = body.components;
    assert.deepEqual(schemas['io.kubedojo.platform.v1.Service']['x-kubernetes-group-version-kind'], [
      { group, version: 'v1', kind: 'Service' },
    ]);
    assert.ok(body.paths[`/apis/${group}/v1/namespaces/{namespace}/services/{name}/status`]);
    assert.doesNotMatch(JSON.stringify(body), /"group":"causeway\.dev"/);
  });

  test('whoever may do something in ours may do it there, and nobody else', async () => {
    const [olga, bob] = await Promise.all(['olga', 'bob'].map(user => createToken(api.store, user)));
    const object = { metadata: { name: 'guarded' }, spec: {} };
    assert.equal((await api.ask(olga, 'POST', services(group), object)).status, 201);
    for (const [method, path, body] of [
      ['GET', services(group)],
      ['GET', `${services(group)}/guarded`],
      ['POST', services(group), { ...object, metadata: { name: 'taken' } }],
      ['DELETE', `${services(group)}/guarded`],
    ] as const) {
      const { status, body: said } = await api.ask(bob, method, path, body);
      assert.equal(status, 403, `${method} ${path}`);
      assert.match(said.message, /in API group "platform\.kubedojo\.io"/);
    }
    const own = await api.ask(
      bob,
      'PATCH',
      `/apis/${group}/v1/teams/shop`,
      {},
      { 'content-type': 'application/merge-patch+json' },
    );
    assert.equal(own.status, 403, 'a team is its own there, too');
    const renamed = { spec: { displayName: 'Books' } };
    const type = { 'content-type': 'application/merge-patch+json' };
    assert.equal((await api.ask(bob, 'PATCH', `/apis/${group}/v1/teams/books`, renamed, type)).status, 200);
    const token = {
      metadata: { name: 'forged.1' },
      spec: { user: 'system:server', sha256: 'a'.repeat(64), expiresAt: '2099-01-01T00:00:00Z' },
    };
    const forged = await api.ask(api.admin, 'POST', `/apis/${group}/v1/accesstokens`, token);
    assert.equal(forged.status, 403, 'no token of the platform’s own processes is issued');
  });

  test('a kind in several versions has all of them in each group', async () => {
    const crates = (of: string, version: string) => `/apis/${of}/${version}/namespaces/shop/crates`;
    const apply = (manager: string, of: string, version: string, spec: object) =>
      api.ask(
        api.admin,
        'PATCH',
        `${crates(of, version)}/box?fieldManager=${manager}`,
        { apiVersion: `${of}/${version}`, kind: 'Crate', metadata: { name: 'box' }, spec },
        { 'content-type': 'application/apply-patch+yaml' },
      );
    const made = await apply('one', group, 'v1beta1', { tint: 'red', endpoints: [{ id: 'web' }] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { body: stored } = await api.ask(api.admin, 'GET', `${crates('causeway.dev', 'v1')}/box`);
    assert.deepEqual([stored.apiVersion, stored.spec.colour], ['causeway.dev/v1', 'red']);
    assert.deepEqual(
      stored.metadata.managedFields.map(({ apiVersion }: { apiVersion: string }) => apiVersion),
      ['causeway.dev/v1beta1'],
    );
    const conflict = await apply('two', 'idp.example.com', 'v1', {
      colour: 'blue',
      ports: [{ name: 'web' }],
    });
    assert.match(conflict.body.message, /conflict with "one".*: \.spec\.tint/);
    const later = await apply('one', 'idp.example.com', 'v1', { ports: [{ name: 'web' }] });
    assert.equal(later.body.spec.colour, undefined, 'what is no longer applied goes');
    assert.equal(later.body.metadata.managedFields[0].apiVersion, 'idp.example.com/v1');
  });

  test('one object has one version, whichever group it is read, written or watched in', async () => {
    const watch = await openWatch(api, api.admin, `${services(group)}?watch=true&resourceVersion=0`);
    const made = await api.ask(api.admin, 'POST', services('causeway.dev'), {
      metadata: { name: 'one' },
      spec: { replicas: 1 },
    });
    const type = { 'content-type': 'application/merge-patch+json' };
    for (const [index, of] of all.entries()) {
      const { body } = await api.ask(
        api.admin,
        'PATCH',
        `${services(of)}/one`,
        { spec: { replicas: index + 2 } },
        type,
      );
      assert.equal(body.apiVersion, `${of}/v1`);
      const acted = await api.ask(api.admin, 'POST', `${services(of)}/one/greet`, {});
      assert.equal(acted.body.apiVersion, `${of}/v1`);
      const read = await Promise.all(all.map(where => api.ask(api.admin, 'GET', `${services(where)}/one`)));
      for (const { body: seen } of read) {
        assert.equal(seen.metadata.resourceVersion, body.metadata.resourceVersion);
        assert.equal(seen.metadata.uid, made.body.metadata.uid);
        assert.deepEqual(seen.spec, body.spec);
      }
    }
    const { body } = await api.ask(api.admin, 'GET', `${services(group)}/one`);
    const wrong = await api.ask(api.admin, 'PUT', `${services(group)}/one`, {
      ...body,
      apiVersion: 'causeway.dev/v1',
    });
    assert.equal(wrong.status, 400, 'a body says the group of its address');
    const replaced = await api.ask(api.admin, 'PUT', `${services(group)}/one`, {
      ...body,
      spec: { ...body.spec, replicas: 9 },
    });
    assert.equal(replaced.status, 200);
    assert.equal(api.store.peek(ServiceKind, { namespace: 'shop', name: 'one' })?.spec.replicas, 9);
    for (let seen = await watch.next(); ; seen = await watch.next()) {
      assert.equal(seen?.object.apiVersion, `${group}/v1`);
      if (seen.object.metadata.name === 'one' && seen.object.spec.replicas === 9) break;
    }
    watch.close();
  });
});
