import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

const seed = Number(process.env.CAUSEWAY_SEED ?? Date.now() % 1_000_000);
let state = seed;
const below = (limit: number): number => {
  state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
  return Math.floor((state / 4_294_967_296) * limit);
};
const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;

const names = [
  ...[
    'metadata',
    'spec',
    'status',
    'kind',
    'apiVersion',
    'name',
    'namespace',
    'generateName',
    'uid',
    'resourceVersion',
  ],
  ...[
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
    'conditions',
    'replicas',
    'variables',
    'build',
    'test',
  ],
  ...['constructor', '__proto__', 'toString', 'valueOf', 'toJSON', 'prototype', '', 'a/b', '~'],
];
const texts = ['', 'x', 'orders', 'shop', '\0', 'ü'.repeat(300), '../..', '🚀', '2026-01-01'];

/** Any JSON, as text: field names such as `__proto__` must arrive as they are. */
const anyJson = (depth = 0): string => {
  switch (below(depth > 4 ? 6 : 9)) {
    case 0:
      return 'null';
    case 1:
      return pick(['0', '-1', '1e308', '3.5', '9007199254740993']);
    case 2:
      return JSON.stringify(pick(texts));
    case 3:
      return 'true';
    case 4:
      return '[]';
    case 5:
      return '{}';
    case 6:
      return `[${Array.from({ length: below(4) }, () => anyJson(depth + 1)).join()}]`;
    default: {
      const fields = new Set(Array.from({ length: below(5) }, () => pick(names)));
      return `{${[...fields].map(name => `${JSON.stringify(name)}:${anyJson(depth + 1)}`).join()}}`;
    }
  }
};

const pointers = [
  '',
  '/',
  '/spec',
  '/spec/replicas',
  '/spec/variables/-',
  '/metadata',
  '/metadata/labels/a',
  '/kind',
  '/__proto__/x',
  '/constructor/prototype/x',
];
const anyOperation = (): string => {
  const op = pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'dance']);
  return `{"op":"${op}","path":"${pick(pointers)}","from":"${pick(pointers)}","value":${anyJson()}}`;
};

const base = '/apis/causeway.dev/v1';
const paths = [
  '/namespaces/shop/services',
  '/namespaces/shop/services/orders',
  '/namespaces/shop/services/orders/status',
  '/teams',
  '/teams/books',
  '/namespaces/%ff/services',
];
const queries = [
  '',
  '',
  '?dryRun=All',
  '?fieldValidation=Strict',
  '?limit=1&continue=abc',
  '?labelSelector=%00',
  '?labelSelector=a in (b',
  '?fieldSelector==',
  '?pretty',
  '?includeObject=x',
];
const types = [
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/yaml',
];
const accepts = [
  'application/json',
  '*/*;q=0',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=x;v=;g',
];

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.close());

/** One request of any kind. The random numbers are drawn here, in order, so that a seed repeats a run. */
const anyRequest = () => {
  const method = pick(['POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE', 'GET']);
  const type = pick(types);
  const path = base + pick(paths) + pick(queries);
  const object = `{"metadata":${anyJson(1)},"spec":${anyJson(1)},"status":${anyJson(1)}}`;
  const patch = `[${Array.from({ length: below(4) }, anyOperation).join()}]`;
  const given = type === 'application/json-patch+json' ? patch : pick([object, anyJson()]);
  return { method, path, type, body: method === 'GET' ? undefined : given, accept: pick(accepts) };
};

test(`any input is answered, none with an internal error, and nothing reaches Object.prototype (CAUSEWAY_SEED=${seed})`, async () => {
  const token = await createToken(api.store, 'system:server');
  for (let round = 0; round < 25; round++) {
    await api.ask(token, 'POST', `${base}/namespaces/shop/services`, { metadata: { name: 'orders' } });
    await Promise.all(
      Array.from({ length: 40 }, anyRequest).map(async ({ method, path, type, body, accept }) => {
        const { status } = await api.ask(token, method, path, body, { 'content-type': type, accept });
        assert.ok(
          status < 500,
          `${method} ${path} ${type} ${body} was answered with ${status}: ${api.logged.at(-1)}`,
        );
      }),
    );
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
  // On a slow machine requests are slow, and that is said.
  assert.deepEqual(
    api.logged.filter(line => !/slow request/.test(line)),
    [],
  );
});
