import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type KindDefinition, kinds, type Role, ServiceKind, type Verb } from '@causeway/model';
import type { PlainRoute } from '../http/plain-routes.ts';
import type { ActionDefinition, StreamDefinition } from '../krm/resources.ts';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

/** Who walks: role in the team `shop` whose things are asked for, role in the team `platform`. */
const people: Readonly<Record<string, { shop?: Role; platform?: Role }>> = {
  vera: { shop: 'viewer' },
  dan: { shop: 'developer' },
  olga: { shop: 'owner' },
  bob: {},
  stranger: {},
  pete: { platform: 'viewer' },
  pia: { platform: 'developer' },
  ada: { platform: 'owner' },
};
const processes = ['system:server', 'system:agent:local', 'system:gateway:local', 'system:other'];

const rank = (role: Role | undefined): number => ['viewer', 'developer', 'owner'].indexOf(role ?? '');
const has = (role: Role | undefined, needed: Role | undefined): boolean =>
  needed !== undefined && rank(role) >= rank(needed);

const agentReads = ['builds', 'replicas', 'releases', 'services'];
const agentReports = ['builds', 'replicas'];

const processMay = (user: string, kind: KindDefinition, verb: Verb, part: string): boolean => {
  if (user === 'system:server') return true;
  const [reads, reports] =
    user === 'system:agent:local'
      ? [agentReads, agentReports]
      : user === 'system:gateway:local'
        ? [['routes'], ['routes']]
        : [[], []];
  if (kind.group !== 'causeway.dev' || (part !== '' && part !== 'status')) return false;
  if (['get', 'list', 'watch'].includes(verb)) return reads.includes(kind.plural);
  return part === 'status' && (verb === 'update' || verb === 'patch') && reports.includes(kind.plural);
};

/** The rules again, written for the test in another way than the authorizer has them. */
const expected = (user: string, kind: KindDefinition, verb: Verb, part: string): boolean => {
  const person = people[user];
  if (!person) return processMay(user, kind, verb, part);
  if (kind.kind === 'Policy' && ['get', 'list', 'watch'].includes(verb) && part !== 'scale') return true;
  const { shop, platform } = person;
  const here = rank(shop) > rank(platform) ? shop : platform;
  if (part === 'rollback') return has(here, 'developer');
  if (part === 'log') return has(here, 'viewer');
  if (part === 'status' && verb !== 'get') return false;
  if (kind.kind === 'Team' && (verb === 'create' || verb === 'delete')) return platform === 'owner';
  if (kind.kind === 'AccessToken' || kind.kind === 'Policy') return has(platform, kind.access[verb]);
  const anywhere =
    user === 'bob' && kind.scope === 'Cluster' && (verb === 'list' || verb === 'watch') ? 'owner' : here;
  return has(anywhere, kind.access[verb]);
};

interface Step {
  readonly kind: KindDefinition;
  readonly verb: Verb;
  readonly part: string;
  readonly method: string;
  readonly path: string;
}

/** Every address of a kind with every method it serves, for objects of the team `shop`. */
const stepsOf = (kind: KindDefinition): Step[] => {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const collection = `${base}${kind.scope === 'Namespaced' ? '/namespaces/shop' : ''}/${kind.plural}`;
  // Team and Namespace `shop` exist: nothing of what is allowed may change them.
  const item = `${collection}/shop`;
  const dry = '?dryRun=All';
  const step = (verb: Verb, method: string, path: string, part = ''): Step => ({
    kind,
    verb,
    part,
    method,
    path,
  });
  const steps = [
    step('list', 'GET', collection),
    step('watch', 'GET', `${collection}?watch=true&resourceVersion=1000000`),
    step('create', 'POST', collection + dry),
    step('get', 'GET', item),
    step('update', 'PUT', item + dry),
    step('patch', 'PATCH', item + dry),
    step('delete', 'DELETE', item + dry),
  ];
  if (kind.scope === 'Namespaced')
    steps.push(step('delete', 'DELETE', `${collection}${dry}&labelSelector=a%3Dnobody`));
  if (!kind.body)
    for (const [verb, method] of [
      ['get', 'GET'],
      ['update', 'PUT'],
      ['patch', 'PATCH'],
    ] as const)
      steps.push(step(verb, method, `${item}/status${method === 'GET' ? '' : dry}`, 'status'));
  if (kind === ServiceKind)
    steps.push(
      step('create', 'POST', `${item}/rollback`, 'rollback'),
      step('get', 'GET', `${item}/log`, 'log'),
    );
  return steps;
};

const actions: ActionDefinition[] = [
  { kind: ServiceKind, name: 'rollback', role: 'developer', handle: async () => ({}) },
];
const streams: StreamDefinition[] = [
  {
    kind: ServiceKind,
    name: 'log',
    role: 'viewer',
    async *handle() {
      yield 'line\n';
    },
  },
];
const routes: PlainRoute[] = [
  { method: 'GET', path: '/api/insights', role: 'any', handle: async () => ({ all: true }) },
  {
    method: 'GET',
    path: '/api/insights/:team',
    role: 'viewer',
    handle: async ({ parameters }) => parameters,
  },
  { method: 'POST', path: '/api/maintenance', role: 'owner', handle: async ({ body }) => body() },
];

describe('every route × every role × a foreign team', () => {
  let api: TestApi;
  const tokens = new Map<string, string>();
  before(async () => {
    api = await startTestApi({ actions, streams, routes });
    for (const user of [...Object.keys(people), ...processes])
      tokens.set(user, await createToken(api.store, user));
  });
  after(() => api.close());

  const statusOf = async (token: string | undefined, method: string, path: string): Promise<number> => {
    const merge =
      method === 'PATCH'
        ? { 'content-type': 'application/merge-patch+json' }
        : { 'content-type': 'application/json' };
    const response = await fetch(api.url + path, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...merge },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });
    await response.body?.cancel();
    return response.status;
  };

  for (const kind of kinds)
    test(`${kind.plural}`, async () => {
      for (const { verb, part, method, path } of stepsOf(kind)) {
        assert.equal(await statusOf(undefined, method, path), 401, `nobody: ${method} ${path}`);
        for (const [user, token] of tokens) {
          const status = await statusOf(token, method, path);
          const allowed = expected(user, kind, verb, part);
          assert.equal(status !== 403, allowed, `${user}: ${method} ${path} was answered with ${status}`);
          assert.notEqual(status, 401);
          assert.ok(status < 500, `${user}: ${method} ${path} was answered with ${status}`);
        }
      }
    });

  test('what everyone who is signed in may see, and nobody else', async () => {
    for (const path of [
      '/api',
      '/apis',
      '/api/v1',
      '/apis/causeway.dev',
      '/apis/causeway.dev/v1',
      '/openapi/v2',
      '/openapi/v3',
      '/openapi/v3/apis/causeway.dev/v1',
      '/api/insights',
    ]) {
      assert.equal(await statusOf(undefined, 'GET', path), 401, path);
      assert.equal(await statusOf('wrong', 'GET', path), 401, path);
      assert.equal(await statusOf(tokens.get('stranger'), 'GET', path), 200, path);
    }
    for (const path of ['/healthz', '/livez', '/readyz', '/version'])
      assert.equal(await statusOf(undefined, 'GET', path), 200, path);
    for (const plural of ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'])
      assert.equal(await statusOf(undefined, 'POST', `/apis/authorization.k8s.io/v1/${plural}`), 401);
  });

  test('plain routes state their guard: any, or a role in the team of the path', async () => {
    for (const [user, token] of tokens) {
      const person = people[user];
      const own = person
        ? has(person.shop, 'viewer') || has(person.platform, 'viewer')
        : user === 'system:server';
      assert.equal((await statusOf(token, 'GET', '/api/insights/shop')) === 200, own, user);
      assert.equal(
        (await statusOf(token, 'POST', '/api/maintenance')) === 200,
        user === 'ada' || user === 'system:server',
        user,
      );
    }
    assert.equal(await statusOf(tokens.get('bob'), 'GET', '/api/insights/sh%6Fp'), 403);
    assert.equal(await statusOf(tokens.get('ada'), 'DELETE', '/api/insights'), 405);
  });

  test('lists across teams hold only what one may see', async () => {
    const namesOf = async (user: string, path: string): Promise<string[]> => {
      const { body } = await api.ask(tokens.get(user), 'GET', path);
      return body.items.map(
        (item: { metadata: { name: string; namespace?: string } }) =>
          item.metadata.namespace ?? item.metadata.name,
      );
    };
    for (const team of ['shop', 'books'])
      await api.ask(api.admin, 'POST', `/apis/causeway.dev/v1/namespaces/${team}/services`, {
        metadata: { name: 'orders' },
      });
    const all = '/apis/causeway.dev/v1/services';
    assert.deepEqual(await namesOf('vera', all), ['shop']);
    assert.deepEqual(await namesOf('bob', all), ['books']);
    assert.deepEqual(await namesOf('pete', all), ['books', 'shop']);
    assert.deepEqual(await namesOf('bob', '/apis/causeway.dev/v1/teams'), ['books']);
    assert.deepEqual(await namesOf('bob', '/api/v1/namespaces'), ['books']);
    assert.deepEqual(await namesOf('ada', '/api/v1/namespaces'), ['books', 'platform', 'shop']);
    const { status, body } = await api.ask(tokens.get('stranger'), 'GET', all);
    assert.equal(status, 403);
    assert.match(
      body.message,
      /User "stranger" cannot list resource "services" in API group "causeway\.dev" at the cluster scope/,
    );
  });
});
