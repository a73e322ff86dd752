import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { createToken, server, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const yaml = { 'content-type': 'application/apply-patch+yaml', 'user-agent': 'tester/1.0' };
const merge = { 'content-type': 'application/merge-patch+json', 'user-agent': 'tester/1.0' };

/** What the kube-apiserver 1.35 answers to the same requests, of a CRD made from the same kind, with times left out. */
describe('server-side apply over HTTP', () => {
  let api: TestApi;
  let process: string;
  before(async () => {
    api = await startTestApi();
    process = await createToken(api.store, 'system:server');
  });
  after(() => api.close());

  const configuration = (name: string, spec?: object, metadata: object = {}, more: object = {}) => ({
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: { name, ...metadata },
    ...(spec ? { spec } : {}),
    ...more,
  });
  const apply = (name: string, manager: string, body: unknown, query = '', token = api.admin) =>
    api.ask(token, 'PATCH', `${services}/${name}?fieldManager=${manager}${query}`, body, yaml);
  const patch = (name: string, body: object, manager = '') =>
    api.ask(api.admin, 'PATCH', `${services}/${name}${manager && `?fieldManager=${manager}`}`, body, merge);
  const create = (name: string, spec: object = {}, metadata: object = {}) =>
    api.ask(api.admin, 'POST', services, configuration(name, spec, metadata), { 'user-agent': 'tester/1.0' });
  /** Managers as `name operation [subresource]`, with their fields. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came back.
  const managers = (object: any): Record<string, any> =>
    Object.fromEntries(
      (object.metadata.managedFields ?? []).map((entry: Record<string, string>) => [
        [entry.manager, entry.operation, entry.subresource].filter(Boolean).join(' '),
        entry.fieldsV1,
      ]),
    );

  test('[APP1] creates, owns what it says, takes away what it no longer says, and leaves defaults to nobody', async () => {
    const first = await apply(
      'own',
      'one',
      configuration('own', { replicas: 2, variables: [{ name: 'A', value: '1' }] }, { labels: { x: 'y' } }),
    );
    assert.equal(first.status, 201);
    assert.deepEqual(managers(first.body), {
      'one Apply': {
        'f:metadata': { 'f:labels': { 'f:x': {} } },
        'f:spec': { 'f:replicas': {}, 'f:variables': {} },
      },
    });
    const [entry] = first.body.metadata.managedFields;
    assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(entry.apiVersion, 'causeway.dev/v1');
    assert.equal(entry.fieldsType, 'FieldsV1');
    const second = await apply('own', 'one', configuration('own', { replicas: 2 }));
    assert.equal(second.status, 200);
    assert.equal(second.body.metadata.labels, undefined);
    assert.deepEqual(second.body.spec.variables, [], 'the default is back');
    assert.deepEqual(managers(second.body), { 'one Apply': { 'f:spec': { 'f:replicas': {} } } });
  });

  test('[APP2] a value of another is a conflict, an equal one is shared, force takes over', async () => {
    await apply('both', 'one', configuration('both', { replicas: 2, branch: 'next' }));
    const refused = await apply('both', 'two', configuration('both', { replicas: 3 }));
    assert.equal(refused.status, 409);
    assert.equal(refused.body.reason, 'Conflict');
    assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "one": .spec.replicas');
    assert.deepEqual(refused.body.details.causes[0], {
      reason: 'FieldManagerConflict',
      message: 'conflict with "one"',
      field: '.spec.replicas',
    });
    const two = await apply('both', 'two', configuration('both', { replicas: 3, branch: 'x' }));
    assert.equal(
      two.body.message,
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.branch\n- .spec.replicas',
    );
    const shared = await apply('both', 'two', configuration('both', { replicas: 2 }));
    assert.deepEqual(managers(shared.body)['two Apply'], { 'f:spec': { 'f:replicas': {} } });
    assert.equal(
      shared.body.metadata.managedFields.find((one: { manager: string }) => one.manager === 'two').time,
      undefined,
      'nothing changed, so there is no time of change',
    );
    const forced = await apply('both', 'two', configuration('both', { replicas: 4 }), '&force=true');
    assert.deepEqual(managers(forced.body), {
      'one Apply': { 'f:spec': { 'f:branch': {} } },
      'two Apply': { 'f:spec': { 'f:replicas': {} } },
    });
    const left = await apply('both', 'two', configuration('both', {}));
    assert.equal(left.body.spec.replicas, 1, 'nobody wants it any more');
  });

  test('[APP1] what one gives up and another owns stays; items of keyed lists are owned one by one', async () => {
    const processes = (...names: string[]) => ({ processes: names.map(name => ({ name, replicas: 1 })) });
    await apply('items', 'one', configuration('items', processes('a', 'b')));
    await apply('items', 'two', configuration('items', processes('b', 'c')));
    const both = await api.ask(api.admin, 'GET', `${services}/items`);
    assert.deepEqual(
      both.body.spec.processes.map((one: { name: string }) => one.name),
      ['a', 'b', 'c'],
    );
    const item = { '.': {}, 'f:name': {}, 'f:replicas': {} };
    assert.deepEqual(managers(both.body)['two Apply'], {
      'f:spec': { 'f:processes': { 'k:{"name":"b"}': item, 'k:{"name":"c"}': item } },
    });
    const left = await apply('items', 'one', configuration('items', {}));
    assert.deepEqual(
      left.body.spec.processes.map((one: { name: string }) => one.name),
      ['b', 'c'],
    );
  });

  test('[APP1] what the platform noted in the metadata stays when nobody applies metadata any more', async () => {
    await apply(
      'noted',
      'one',
      configuration('noted', {}, { labels: { a: 'b' }, finalizers: ['x.dev/mine'] }),
    );
    const key = { namespace: 'shop', name: 'noted' };
    await api.store.mutate(
      ServiceKind,
      key,
      current => {
        const { labels, finalizers = [] } = current.metadata;
        const metadata = {
          labels: { ...labels, noted: 'x' },
          finalizers: [...finalizers, 'causeway.dev/theirs'],
        };
        return { ...current, metadata: { ...current.metadata, ...metadata } };
      },
      server,
    );
    const { body } = await apply('noted', 'one', configuration('noted', { replicas: 2 }));
    assert.deepEqual(body.metadata.labels, { noted: 'x' });
    assert.deepEqual(body.metadata.finalizers, ['causeway.dev/theirs']);
    assert.ok(body.metadata.annotations['causeway.dev/created-by']);
  });

  test('[APP1] a list may be wanted empty, though it must be there', async () => {
    const route = (hostnames: string[]) => ({
      apiVersion: 'causeway.dev/v1',
      kind: 'Route',
      metadata: { name: 'empty' },
      spec: { service: 'a', environment: 'a', hostnames, backends: [] },
    });
    const path = '/apis/causeway.dev/v1/namespaces/shop/routes/empty?fieldManager=one';
    assert.equal((await api.ask(process, 'PATCH', path, route(['a<b.dev']), yaml)).status, 201);
    await api.ask(process, 'PATCH', path.replace('one', 'two'), route(['a<b.dev']), yaml);
    const left = await api.ask(process, 'PATCH', path, route([]), yaml);
    assert.deepEqual(left.body.spec.hostnames, ['a<b.dev']);
    const empty = await api.ask(process, 'PATCH', path.replace('one', 'two'), route([]), yaml);
    assert.deepEqual(empty.body.spec?.hostnames, [], JSON.stringify(empty.body));
  });

  test('[APP3] every write is tracked: creation, patches, status, and a no-op changes nothing', async () => {
    const made = await create('tracked', { replicas: 2 }, { labels: { a: 'b' } });
    const mine = managers(made.body)['tester Update'];
    assert.deepEqual(mine['f:metadata'], { 'f:labels': { '.': {}, 'f:a': {} } });
    assert.deepEqual(mine['f:spec']['f:http'], {
      '.': {},
      'f:drainTimeout': {},
      'f:readiness': {},
      'f:startTimeout': {},
    });
    assert.equal(JSON.stringify(made.body.metadata.managedFields).includes('created-by'), false);
    const patched = await patch(
      'tracked',
      { spec: { replicas: 3 }, metadata: { labels: { c: 'd' } } },
      'other',
    );
    assert.deepEqual(managers(patched.body)['other Update'], {
      'f:metadata': { 'f:labels': { 'f:c': {} } },
      'f:spec': { 'f:replicas': {} },
    });
    assert.equal(managers(patched.body)['tester Update']['f:spec']['f:replicas'], undefined);
    const same = await patch('tracked', { spec: { replicas: 3 } }, 'third');
    assert.equal(same.body.metadata.resourceVersion, patched.body.metadata.resourceVersion);
    const status = {
      status: {
        conditions: [
          {
            type: 'Live',
            status: 'True',
            reason: 'R',
            message: '',
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
        ],
      },
    };
    const live = await api.ask(process, 'PATCH', `${services}/tracked/status?fieldManager=st`, status, merge);
    assert.deepEqual(managers(live.body)['st Update status'], {
      'f:status': {
        '.': {},
        'f:conditions': {
          '.': {},
          'k:{"type":"Live"}': {
            '.': {},
            'f:lastTransitionTime': {},
            'f:message': {},
            'f:reason': {},
            'f:status': {},
            'f:type': {},
          },
        },
      },
    });
    const conflict = await apply('tracked', 'ap', configuration('tracked', { replicas: 9 }));
    assert.equal(
      conflict.body.message,
      'Apply failed with 1 conflict: conflict with "other" using causeway.dev/v1: .spec.replicas',
    );
  });

  test('[APP3] status is applied at its own address, with managers of its own', async () => {
    await create('parts');
    const condition = (type: string, status: string) => ({
      conditions: [{ type, status, reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    });
    const at = (manager: string, status: object) =>
      api.ask(
        process,
        'PATCH',
        `${services}/parts/status?fieldManager=${manager}`,
        configuration('parts', { replicas: 9 }, {}, { status }),
        yaml,
      );
    const one = await at('one', condition('A', 'True'));
    assert.equal(one.status, 200);
    assert.equal(one.body.spec.replicas, 1, 'the spec is not touched');
    assert.equal(JSON.stringify(managers(one.body)['one Apply status']).includes('f:spec'), false);
    const two = await at('two', condition('B', 'True'));
    assert.deepEqual(
      two.body.status.conditions.map((all: { type: string }) => all.type),
      ['A', 'B'],
    );
    const refused = await at('two', condition('A', 'False'));
    assert.match(
      refused.body.message,
      /conflict with "one" with subresource "status": \.status\.conditions\[type="A"\]\.status$/,
    );
    assert.equal((await at('two', condition('C', 'True'))).body.status.conditions.length, 2, 'B went');
    const missing = await api.ask(
      process,
      'PATCH',
      `${services}/nowhere/status?fieldManager=one`,
      configuration('nowhere'),
      yaml,
    );
    assert.equal(missing.status, 404, 'a status creates nothing');
  });

  test('[APP4] more than ten updaters are kept as one; managers are forgotten on request and begin anew at an apply', async () => {
    await create('many');
    let last: unknown;
    for (const name of 'abcdefghijklm')
      last = (await patch('many', { metadata: { labels: { [name]: '1' } } }, name)).body;
    const kept = managers(last);
    assert.equal(Object.keys(kept).length, 10);
    assert.ok(kept['ancient-changes Update']['f:metadata']);
    const ignored = await patch('many', { metadata: { managedFields: [] } });
    assert.equal(
      ignored.body.metadata.managedFields.length,
      10,
      'an empty list comes from clients that know nothing of it',
    );
    const reset = await patch('many', { metadata: { managedFields: [{}] } });
    assert.equal(reset.body.metadata.managedFields, undefined);
    assert.equal((await patch('many', { spec: { replicas: 3 } })).body.metadata.managedFields, undefined);
    const again = await apply('many', 'first', configuration('many', { replicas: 3 }));
    assert.deepEqual(Object.keys(managers(again.body)).sort(), ['before-first-apply Update', 'first Apply']);
    const garbage = await patch('many', {
      metadata: { managedFields: [{ manager: 'x', operation: 'Nope' }] },
    });
    assert.deepEqual(
      managers(garbage.body),
      managers(again.body),
      'what is not well-formed counts for nothing',
    );
  });

  test('kubectl goes on with what it applied client-side', async () => {
    const last = configuration('legacy', { replicas: 2 });
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const body = {
      ...last,
      metadata: { ...last.metadata, annotations: { [annotation]: JSON.stringify(last) } },
    };
    await api.ask(api.admin, 'POST', `${services}?fieldManager=kubectl-client-side-apply`, body);
    assert.equal((await apply('legacy', 'other', configuration('legacy', { replicas: 5 }))).status, 409);
    const applied = await apply('legacy', 'kubectl', configuration('legacy', { replicas: 5 }));
    assert.equal(applied.status, 200);
    assert.deepEqual(JSON.parse(applied.body.metadata.annotations[annotation]).spec, { replicas: 5 });
    const branch = await apply('legacy', 'kubectl', configuration('legacy', { replicas: 5, branch: 'x' }));
    assert.match(branch.body.message, /1 conflict: .*kubectl-client-side-apply.*: \.spec\.branch$/);
  });

  test('what is wrong is refused in the words of the kube-apiserver', async () => {
    await create('wrong', { replicas: 4 });
    const refused: [number, RegExp, unknown, string?][] = [
      [
        400,
        /^invalid object type: causeway\.dev\/v2, Kind=Service/,
        { ...configuration('wrong'), apiVersion: 'causeway.dev/v2' },
      ],
      [400, /^invalid object type: \/, Kind=Service/, { kind: 'Service', metadata: { name: 'wrong' } }],
      [400, /^invalid object type: \/, Kind=$/, ''],
      [400, /does not match the name on the URL \(wrong\)/, configuration('other')],
      [
        400,
        /^the namespace of the provided object does not match/,
        configuration('wrong', {}, { namespace: 'books' }),
      ],
      [400, /^metadata\.managedFields must be nil/, configuration('wrong', {}, { managedFields: [] })],
      [409, /the object has been modified/, configuration('wrong', {}, { resourceVersion: '1' })],
      [
        422,
        /metadata\.uid: Invalid value: "x": field is immutable$/,
        configuration('wrong', {}, { uid: 'x' }),
      ],
      [400, /: \.spec\.nope: field not declared in schema/, configuration('wrong', { nope: 1 })],
      [
        400,
        /: \.spec\.replicas: expected numeric \(int or float\), got string/,
        configuration('wrong', { replicas: 'x' }),
      ],
      [
        400,
        /: \.spec\.processes: duplicate entries for key \[name="a"\]/,
        configuration('wrong', {
          processes: [
            { name: 'a', replicas: 1 },
            { name: 'a', replicas: 2 },
          ],
        }),
      ],
      [
        400,
        /errors:\n {2}\.spec\.no0: field not declared in schema\n( {2}.*\n){7} {2}and 92 more/,
        configuration(
          'wrong',
          Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`no${index}`, 1])),
        ),
      ],
      [422, /spec\.replicas/, configuration('wrong', { replicas: 999 }), '&force=1'],
      [400, /^the body is not YAML: .*single document/, 'kind: Service\n---\nkind: Service'],
      [400, /^the body is not YAML/, 'a: ['],
      [400, /^the body must be an object/, '[]'],
      [400, /duplicated mapping key/, 'apiVersion: causeway.dev/v1\nspec: {replicas: 4, replicas: 4}'],
      [400, /duplicated mapping key/, '{"kind":"Service","spec":{"replicas":4,"replicas":5}}'],
    ];
    for (const [status, message, body, query] of refused) {
      const answer = await apply('wrong', 'one', body, query);
      assert.equal(answer.status, status, `${message}: ${answer.body.message}`);
      assert.match(answer.body.message, message);
    }
    const nobody = await api.ask(api.admin, 'PATCH', `${services}/wrong`, configuration('wrong'), yaml);
    assert.equal(nobody.status, 422);
    assert.match(nobody.body.message, /fieldManager: Required value: is required for apply patch$/);
    const nameless = await apply('nameless', 'one', {
      ...configuration(''),
      metadata: { generateName: 'n' },
    });
    assert.match(
      nameless.body.message,
      /\(nameless based on URL\) was undeterminable: name must be provided$/,
    );
    const gone = await apply('nameless', 'one', configuration('nameless', {}, { uid: 'x' }));
    assert.equal(gone.status, 409);
    assert.match(
      gone.body.message,
      /uid mismatch: the provided object specified uid x, and no existing object was found$/,
    );
    const cbor = await api.ask(api.admin, 'PATCH', `${services}/wrong?fieldManager=one`, 'x', {
      'content-type': 'application/apply-patch+cbor',
    });
    assert.equal(cbor.status, 415);
    const force = await patch('wrong?force=true', {});
    assert.match(force.body.message, /force: Forbidden: may not be specified for non-apply patch$/);
    const long = await create(`long?fieldManager=${'x'.repeat(130)}`);
    assert.ok(long.status >= 400);
  });

  test('dry runs store nothing; what is being deleted takes changes and no finalizers', async () => {
    assert.equal((await apply('dry', 'one', configuration('dry'), '&dryRun=All')).status, 201);
    assert.equal((await api.ask(api.admin, 'GET', `${services}/dry`)).status, 404);
    await apply('dying', 'one', configuration('dying', {}, { finalizers: ['x.dev/f'] }));
    await api.ask(api.admin, 'DELETE', `${services}/dying`);
    const changed = await apply(
      'dying',
      'one',
      configuration('dying', { description: 'x' }, { finalizers: ['x.dev/f'] }),
    );
    assert.equal(changed.body.spec.description, 'x');
    const held = await apply(
      'dying',
      'one',
      configuration('dying', {}, { finalizers: ['x.dev/f', 'y.dev/g'] }),
    );
    assert.equal(held.status, 422);
    assert.match(
      held.body.message,
      /metadata\.finalizers: Forbidden: no new finalizers can be added.*\[\]string\{"y\.dev\/g"\}$/,
    );
    const last = await apply('dying', 'one', configuration('dying', {}));
    assert.equal(last.status, 200);
    assert.equal((await api.ask(api.admin, 'GET', `${services}/dying`)).status, 404);
  });

  test('applying needs the right to patch, and to create what is not there', async () => {
    const [vera, dan] = [await createToken(api.store, 'vera'), await createToken(api.store, 'dan')];
    assert.equal((await apply('rights', 'one', configuration('rights'), '', vera)).status, 403);
    assert.equal((await apply('rights', 'one', configuration('rights'), '', dan)).status, 201);
    const team = { apiVersion: 'causeway.dev/v1', kind: 'Team', metadata: { name: 'crew' }, spec: {} };
    const teams = '/apis/causeway.dev/v1/teams/crew?fieldManager=one';
    assert.equal((await api.ask(dan, 'PATCH', teams, team, yaml)).status, 403);
  });

  test('concurrent first applies create one object, with all their fields', async () => {
    const answers = await Promise.all(
      [...'abcdefgh'].map(name =>
        apply('race', name, configuration('race', {}, { labels: { [name]: '1' } })),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
    const race = await api.ask(api.admin, 'GET', `${services}/race`);
    assert.equal(Object.keys(race.body.metadata.labels).length, 8);
  });

  test('a set or keyed list holds nothing twice, whoever writes it', async () => {
    const twice = {
      processes: [
        { name: 'a', replicas: 1 },
        { name: 'a', replicas: 1 },
      ],
    };
    const made = await create('twice', twice);
    assert.equal(made.status, 422);
    assert.equal(
      made.body.message,
      'Service.causeway.dev "twice" is invalid: spec.processes[1]: Duplicate value: {"name":"a"}',
    );
    await create('twice');
    assert.equal((await patch('twice', { spec: twice })).status, 422);
  });
});
