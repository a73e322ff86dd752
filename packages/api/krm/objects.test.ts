import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BuildKind, ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { createToken, server, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const merge = { 'content-type': 'application/merge-patch+json' };
const jsonPatch = { 'content-type': 'application/json-patch+json' };
const service = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec,
});

describe('objects over HTTP', () => {
  let api: TestApi;
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    api.ask(api.admin, method, path, body, headers);

  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  test('an object is created, read, replaced, patched and deleted', async () => {
    const created = await ask(
      'POST',
      services,
      service('life', { replicas: 2 }, { labels: { tier: 'web' } }),
    );
    assert.equal(created.status, 201);
    assert.equal(created.body.metadata.generation, 1);
    assert.equal(created.body.spec.branch, 'main', 'defaults are filled in');
    const read = await ask('GET', `${services}/life`);
    assert.deepEqual(read.body, created.body);

    const replaced = await ask('PUT', `${services}/life`, { ...read.body, spec: { replicas: 3 } });
    assert.equal(replaced.status, 200);
    assert.equal(replaced.body.metadata.generation, 2);
    const stale = await ask('PUT', `${services}/life`, { ...read.body, spec: { replicas: 4 } });
    assert.equal(stale.status, 409);
    assert.equal(stale.body.reason, 'Conflict');
    const blind = await ask('PUT', `${services}/life`, service('life'));
    assert.equal(blind.status, 422);
    assert.match(blind.body.message, /metadata\.resourceVersion.*must be specified for an update/);

    const merged = await ask(
      'PATCH',
      `${services}/life`,
      { spec: { replicas: 5 }, metadata: { labels: { tier: null, a: 'b' } } },
      merge,
    );
    assert.equal(merged.body.spec.replicas, 5);
    assert.deepEqual(merged.body.metadata.labels, { a: 'b' });
    const patched = await ask(
      'PATCH',
      `${services}/life`,
      [{ op: 'replace', path: '/spec/replicas', value: 6 }],
      jsonPatch,
    );
    assert.equal(patched.body.spec.replicas, 6);
    const failed = await ask(
      'PATCH',
      `${services}/life`,
      [{ op: 'test', path: '/spec/replicas', value: 7 }],
      jsonPatch,
    );
    assert.equal(failed.status, 422);

    const deleted = await ask('DELETE', `${services}/life`, {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
      gracePeriodSeconds: 30,
    });
    assert.deepEqual(deleted.body, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'life', group: 'causeway.dev', kind: 'services', uid: created.body.metadata.uid },
    });
    assert.equal((await ask('GET', `${services}/life`)).status, 404);
  });

  test('errors are a Status with code, evidence and next among the causes; problem details when asked', async () => {
    const { status, body } = await ask('GET', `${services}/nothing`);
    assert.equal(status, 404);
    assert.equal(body.kind, 'Status');
    assert.equal(body.message, 'services.causeway.dev "nothing" not found');
    assert.equal(body.reason, 'NotFound');
    assert.deepEqual(
      { ...body.details, causes: undefined },
      { name: 'nothing', group: 'causeway.dev', kind: 'services', causes: undefined },
    );
    assert.deepEqual(
      body.details.causes.map((cause: { reason: string }) => cause.reason),
      ['Code', 'Next'],
    );
    const problem = await ask('GET', `${services}/nothing`, undefined, {
      accept: 'application/problem+json',
    });
    assert.equal(problem.headers.get('content-type'), 'application/problem+json');
    assert.equal(problem.body.code, 'NotFound');
    assert.equal(problem.body.status, 404);
    const elsewhere = await ask('GET', '/nowhere');
    assert.equal(elsewhere.headers.get('content-type'), 'application/problem+json');

    const invalid = await ask(
      'POST',
      services,
      service('Bad_Name', { replicas: -1, variables: [{ name: '1', value: 2 }] }),
    );
    assert.equal(invalid.status, 422);
    assert.equal(invalid.body.details.kind, 'Service');
    const fields = invalid.body.details.causes.map((cause: { field: string }) => cause.field);
    for (const field of [
      'metadata.name',
      'spec.replicas',
      'spec.variables[0].name',
      'spec.variables[0].value',
    ])
      assert.ok(fields.includes(field), field);
  });

  test('an unforeseen error shows an id, and its details only in the log', async () => {
    const { get } = api.store;
    api.store.get = () => Promise.reject(new Error('password=hunter2 is wrong'));
    try {
      const { status, body } = await ask('GET', `${services}/any`);
      assert.equal(status, 500);
      assert.doesNotMatch(JSON.stringify(body), /hunter2/);
      const id = /id ([0-9a-f]{8})/.exec(body.message)?.[1];
      assert.ok(api.logged.some(line => line.includes(String(id)) && line.includes('hunter2')));
    } finally {
      api.store.get = get;
    }
  });

  test('generateName makes names; a taken name is AlreadyExists; a missing one Invalid', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => ask('POST', services, { metadata: { generateName: 'gen-' } })),
    );
    const names = made.map(({ body }) => body.metadata.name);
    for (const name of names) assert.match(name, /^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(new Set(names).size, 3);
    const again = await ask('POST', services, service(names[0]));
    assert.equal(again.body.reason, 'AlreadyExists');
    assert.equal((await ask('POST', services, { metadata: {} })).status, 422);
  });

  test('dryRun=All checks and stores nothing', async () => {
    const created = await ask('POST', `${services}?dryRun=All`, service('dry'));
    assert.equal(created.status, 201);
    assert.equal((await ask('GET', `${services}/dry`)).status, 404);
    await ask('POST', services, service('dry'));
    const patched = await ask('PATCH', `${services}/dry?dryRun=All`, { spec: { replicas: 9 } }, merge);
    assert.equal(patched.body.spec.replicas, 9);
    await ask('DELETE', `${services}/dry?dryRun=All`);
    assert.equal((await ask('GET', `${services}/dry`)).body.spec.replicas, 1);
    assert.equal(
      (await ask('POST', `${services}?dryRun=All`, service('dry', { replicas: 'x' }))).status,
      422,
    );
  });

  test('fieldValidation: Strict names the unknown field, Warn warns, Ignore is silent; none is stored', async () => {
    const body = service(
      'strict',
      { replcas: 2, variables: [{ name: 'A', valeu: '1', value: '1' }], constructor: {} },
      { lables: {} },
    );
    const strict = await ask('POST', `${services}?fieldValidation=Strict`, body);
    assert.equal(strict.status, 400);
    assert.match(
      strict.body.message,
      /^Service in version "v1" cannot be handled as a Service: strict decoding error: /,
    );
    for (const path of ['spec.replcas', 'spec.variables[0].valeu', 'metadata.lables', 'spec.constructor'])
      assert.ok(strict.body.message.includes(`unknown field "${path}"`), path);
    const warn = await ask('POST', services, body);
    assert.equal(warn.status, 201);
    assert.match(warn.headers.get('warning') ?? '', /299 - "unknown field \\"metadata\.lables\\""/);
    assert.equal(warn.body.spec.replcas, undefined);
    const ignore = await ask(
      'PATCH',
      `${services}/strict?fieldValidation=Ignore`,
      { spec: { nope: 1 } },
      merge,
    );
    assert.equal(ignore.headers.get('warning'), null);
    const patched = await ask(
      'PATCH',
      `${services}/strict?fieldValidation=Strict`,
      { spec: { nope: 1 } },
      merge,
    );
    assert.match(patched.body.message, /unknown field "spec\.nope"/);
    assert.equal((await ask('PATCH', `${services}/strict?fieldValidation=Maybe`, {}, merge)).status, 422);
  });

  test('a body must be the object of its address, of the right types', async () => {
    const wrong: [string, unknown][] = [
      ['must be a Service object', []],
      ['must be a Service object', 'text'],
      ['does not match the expected API version', { ...service('a'), apiVersion: 'v1' }],
      ['namespace of the provided object does not match', service('a', {}, { namespace: 'books' })],
      ['metadata must be an object', { metadata: 'x' }],
      ['metadata.name must be a string', { metadata: { name: 7 } }],
      ['metadata.labels must be', service('a', {}, { labels: { a: 1 } })],
      ['metadata.finalizers must be', service('a', {}, { finalizers: [1] })],
      ['metadata.ownerReferences must be', service('a', {}, { ownerReferences: [{ uid: 1 }] })],
      ['metadata.resourceVersion must be', service('a', {}, { resourceVersion: 'x' })],
    ];
    for (const [message, body] of wrong) {
      const answer = await ask('POST', services, JSON.stringify(body));
      assert.equal(answer.status, 400, message);
      assert.ok(answer.body.message.includes(message), `${answer.body.message} should say: ${message}`);
    }
    const invalid: [string, unknown][] = [
      ['kind', { ...service('a'), kind: 'Team' }],
      ['metadata.ownerReferences.uid', service('a', {}, { ownerReferences: [{ kind: 'Team' }] })],
    ];
    for (const [field, body] of invalid) {
      const answer = await ask('POST', services, body);
      assert.equal(answer.status, 422, field);
      const fields = answer.body.details.causes.map((cause: { field: string }) => cause.field);
      assert.ok(fields.includes(field), `${fields} should include ${field}`);
    }
    await ask('POST', services, service('named'));
    const renamed = await ask('PATCH', `${services}/named`, { metadata: { name: 'other' } }, merge);
    assert.equal(renamed.status, 400);
    assert.match(renamed.body.message, /does not match the name on the URL/);
    assert.equal((await ask('PATCH', `${services}/named`, 'null', merge)).status, 400);
  });

  test('bodies: YAML is read, bombs and __proto__ are refused, sizes and media types are limited', async () => {
    const yaml = { 'content-type': 'application/yaml' };
    const created = await ask('POST', services, 'metadata:\n  name: yaml\nspec:\n  replicas: 4\n', yaml);
    assert.equal(created.body.spec.replicas, 4);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map(
        (letter, index) =>
          `${letter}: &${letter} [${new Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]\n`,
      )
      .join('')}`;
    assert.equal((await ask('POST', services, bomb, yaml)).status, 400);
    assert.equal((await ask('POST', services, 'a: 1\na: 2\n', yaml)).status, 400);
    assert.equal(
      (await ask('POST', services, 'metadata: {name: x}\nspec: {replicas: .nan}', yaml)).status,
      400,
    );
    for (const text of [
      '{"metadata":{"name":"p","labels":{"__proto__":"x"}}}',
      '{"__proto__":{"polluted":1},"metadata":{"name":"p"}}',
      '{"metadata":{"name":"p"},"spec":{"\\u005f_proto__":{"polluted":1}}}',
    ]) {
      const answer = await ask('POST', services, text);
      assert.equal(answer.status, 400);
      assert.match(answer.body.message, /__proto__/);
    }
    const patch = await ask(
      'PATCH',
      `${services}/yaml`,
      [{ op: 'add', path: '/metadata/__proto__/polluted', value: 1 }],
      jsonPatch,
    );
    assert.equal(patch.status, 422);
    const labelled = await ask(
      'PATCH',
      `${services}/yaml`,
      { metadata: { labels: { constructor: 'x' } } },
      merge,
    );
    assert.equal(labelled.body.metadata.labels.constructor, 'x');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);

    assert.equal((await ask('POST', services, '{"metadata":')).status, 400);
    assert.equal((await ask('POST', services, '['.repeat(100_000))).status, 400);
    assert.equal((await ask('POST', services, `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)).status, 400);
    const large = await ask('POST', services, JSON.stringify({ a: 'x'.repeat(3 * 1024 * 1024) }));
    assert.equal(large.status, 413);
    assert.equal(large.body.reason, 'RequestEntityTooLarge');
    assert.equal((await ask('POST', services, 'x', { 'content-type': 'text/html' })).status, 415);
    assert.equal((await ask('POST', services, '{}', { 'content-encoding': 'gzip' })).status, 415);
    const strategic = await ask(
      'PATCH',
      `${services}/yaml`,
      {},
      { 'content-type': 'application/strategic-merge-patch+json' },
    );
    assert.equal(strategic.status, 415);
    assert.match(
      strategic.body.message,
      /accepted media types include: application\/json-patch\+json, application\/merge-patch\+json, application\/apply-patch\+yaml$/,
    );
  });

  test('lists: selectors, pages, tables, metadata only, pretty', async () => {
    for (const name of ['l1', 'l2', 'l3'])
      await ask('POST', services, service(name, {}, { labels: { list: name, all: 'yes' } }));
    const all = await ask('GET', `${services}?labelSelector=all%3Dyes`);
    assert.equal(all.body.kind, 'ServiceList');
    assert.equal(all.body.apiVersion, 'causeway.dev/v1');
    assert.deepEqual(
      all.body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['l1', 'l2', 'l3'],
    );
    assert.equal((await ask('GET', `${services}?labelSelector=list+in+(l1,l3)`)).body.items.length, 2);
    assert.equal((await ask('GET', `${services}?fieldSelector=metadata.name%3Dl2`)).body.items.length, 1);
    assert.equal((await ask('GET', `${services}?fieldSelector=spec.secret%3Dl2`)).status, 400);
    const first = await ask('GET', `${services}?labelSelector=all%3Dyes&limit=2`);
    assert.equal(first.body.metadata.remainingItemCount, undefined, 'unknown through a selector');
    const second = await ask(
      'GET',
      `${services}?labelSelector=all%3Dyes&limit=2&continue=${first.body.metadata.continue}`,
    );
    assert.deepEqual(
      second.body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
      ['l3'],
    );
    assert.equal((await ask('GET', `${services}?limit=-1`)).status, 200);
    assert.equal((await ask('GET', `${services}?limit=x`)).status, 400);
    assert.equal((await ask('GET', `${services}?resourceVersion=abc`)).status, 400);
    const long = await ask('GET', `${services}?resourceVersion=1&resourceVersionMatch=Exact`);
    assert.deepEqual([long.status, long.body.items, long.body.metadata.resourceVersion], [200, [], '1']);
    assert.equal((await ask('GET', `${services}?resourceVersion=0`)).status, 200);

    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const table = await ask('GET', `${services}?labelSelector=all%3Dyes`, undefined, { accept });
    assert.equal(table.body.kind, 'Table');
    assert.equal(table.body.columnDefinitions[0].name, 'Name');
    assert.deepEqual(
      table.body.rows.map((row: { cells: string[] }) => row.cells[0]),
      ['l1', 'l2', 'l3'],
    );
    assert.equal(table.body.rows[0].object.kind, 'PartialObjectMetadata');
    const one = await ask('GET', `${services}/l1?includeObject=Object`, undefined, { accept });
    assert.equal(one.body.rows[0].object.kind, 'Service');
    assert.equal(
      (await ask('GET', `${services}/l1?includeObject=None`, undefined, { accept })).body.rows[0].object,
      null,
    );
    assert.equal((await ask('GET', `${services}?includeObject=All`, undefined, { accept })).status, 400);
    const partial = await ask('GET', services, undefined, {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    });
    assert.equal(partial.body.kind, 'PartialObjectMetadataList');
    assert.equal(partial.body.items[0].spec, undefined);
    assert.equal(
      (await ask('GET', services, undefined, { accept: 'application/vnd.kubernetes.protobuf' })).status,
      406,
    );
    assert.equal(
      (
        await ask('GET', services, undefined, {
          accept: 'application/vnd.kubernetes.protobuf,application/json',
        })
      ).status,
      200,
    );
    const pretty = await fetch(`${api.url}${services}/l1?pretty=true`, {
      headers: { authorization: `Bearer ${api.admin}` },
    });
    assert.match(await pretty.text(), /^\{\n {2}"apiVersion"/);
  });

  test('a list of thousands arrives whole', async () => {
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) =>
        api.store.create(
          ServiceKind,
          { metadata: { name: `many-${index}`, namespace: 'books', labels: { many: 'yes' } } },
          server,
        ),
      ),
    );
    const { body } = await ask('GET', '/apis/causeway.dev/v1/services?labelSelector=many%3Dyes');
    assert.equal(body.items.length, 1200);
    assert.equal(
      (await ask('DELETE', '/apis/causeway.dev/v1/namespaces/books/services?labelSelector=many%3Dyes')).body
        .items.length,
      1200,
    );
    assert.equal((await ask('GET', '/apis/causeway.dev/v1/namespaces/books/services')).body.items.length, 0);
    assert.equal((await ask('DELETE', '/apis/causeway.dev/v1/services')).status, 405);
  });

  test('finalizers hold a deletion, preconditions guard it', async () => {
    const created = await ask('POST', services, service('held', {}, { finalizers: ['causeway.dev/test'] }));
    const other = await ask('DELETE', `${services}/held`, { preconditions: { uid: 'another' } });
    assert.equal(other.status, 409);
    const marked = await ask('DELETE', `${services}/held`, {
      preconditions: { uid: created.body.metadata.uid },
    });
    assert.equal(marked.body.kind, 'Service');
    assert.ok(marked.body.metadata.deletionTimestamp);
    assert.equal((await ask('GET', `${services}/held`)).status, 200);
    await ask('PATCH', `${services}/held`, { metadata: { finalizers: null } }, merge);
    assert.equal((await ask('GET', `${services}/held`)).status, 404);
    assert.equal((await ask('DELETE', `${services}/held`, { propagationPolicy: 'Sideways' })).status, 422);
    assert.equal((await ask('DELETE', `${services}/held`, { kind: 'Service' })).status, 400);
  });

  test('what is not served says so', async () => {
    for (const [method, path, status] of [
      ['GET', '/apis/causeway.dev/v1/nothings', 404],
      ['GET', '/apis/causeway.dev/v2/services', 404],
      ['GET', '/apis/elsewhere.dev/v1/services', 404],
      ['GET', '/apis/causeway.dev/v2', 404],
      ['GET', '/apis/elsewhere.dev', 404],
      ['GET', '/apis/causeway.dev/v1/namespaces/shop/teams', 404],
      ['GET', '/apis/causeway.dev/v1/services/orders', 404],
      ['GET', `${services}/x/nothing`, 404],
      ['GET', `${services}/x/y/z`, 404],
      ['PUT', services, 405],
      ['POST', `${services}/x`, 405],
      ['DELETE', `${services}/x/status`, 405],
      ['POST', '/apis/causeway.dev/v1/services', 405],
      ['POST', '/apis', 405],
      ['GET', '/api/v1/namespaces/a%2Fb', 400],
    ] as const) {
      const answer = await ask(method, path);
      assert.equal(answer.status, status, `${method} ${path}`);
    }
  });

  test('the fields of an event stand beside its metadata, and it can be selected by them', async () => {
    const object = await api.store.create(
      ServiceKind,
      { metadata: { name: 'noisy', namespace: 'shop' } },
      server,
    );
    api.engine.recordEvent(object, 'Warning', 'Exited', 'exit code 1');
    const events = '/api/v1/namespaces/shop/events';
    const ofIt = `fieldSelector=involvedObject.name%3Dnoisy,involvedObject.uid%3D${object.metadata.uid}`;
    const found = await until('the event', async () => (await ask('GET', `${events}?${ofIt}`)).body.items[0]);
    assert.equal(found.message, 'exit code 1');
    const table = await ask('GET', events, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.ok(table.body.rows[0].cells.includes('service/noisy'));
  });

  test('status is a place of its own', async () => {
    const path = '/apis/causeway.dev/v1/namespaces/shop/builds';
    await api.store.create(
      BuildKind,
      {
        metadata: { name: 'orders.1', namespace: 'shop' },
        spec: {
          service: 'orders',
          commit: 'a'.repeat(40),
          sequence: 1,
          requestedBy: 'ada',
          reason: 'push',
          settings: {},
        },
      },
      server,
    );
    const agent = await createToken(api.store, 'system:agent:local');
    const reported = await api.ask(
      agent,
      'PATCH',
      `${path}/orders.1/status`,
      { status: { phase: 'Running' }, spec: { service: 'x' } },
      merge,
    );
    assert.equal(reported.status, 200);
    assert.equal(reported.body.status.phase, 'Running');
    assert.equal(reported.body.spec.service, 'orders');
    const read = await api.ask(agent, 'GET', `${path}/orders.1/status`);
    const put = await api.ask(agent, 'PUT', `${path}/orders.1/status`, {
      ...read.body,
      status: { phase: 'Succeeded' },
    });
    assert.equal(put.body.status.phase, 'Succeeded');
    assert.equal((await ask('GET', '/api/v1/namespaces/shop/events/x/status')).status, 404);
  });
});
