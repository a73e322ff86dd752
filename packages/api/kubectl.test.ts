import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceKind } from '@causeway/model';
import { realKubectl, until } from '@causeway/testkit';
import { createKubectl, type Kubectl } from './testing/run-kubectl.ts';
import { createToken, server, startTestApi, type TestApi } from './testing/test-api.ts';

const manifest = (name: string, spec: object = {}, labels?: object): string =>
  JSON.stringify({ apiVersion: 'causeway.dev/v1', kind: 'Service', metadata: { name, labels }, spec });

describe('a real kubectl', { skip: realKubectl().skip, concurrency: true }, () => {
  let api: TestApi;
  let kubectl: Kubectl;
  let vera: Kubectl;
  before(async () => {
    api = await startTestApi();
    kubectl = await createKubectl(api, api.admin);
    vera = await createKubectl(api, await createToken(api.store, 'vera'));
  });
  after(async () => {
    await Promise.all([kubectl.close(), vera.close()]);
    await api.close();
  });

  const setReady = (name: string, status: 'True' | 'False') =>
    api.store.mutate(
      ServiceKind,
      { namespace: 'shop', name },
      service => ({
        ...service,
        status: {
          phase: 'Running',
          conditions: [
            {
              type: 'Ready',
              status,
              reason: 'Test',
              message: 'set',
              lastTransitionTime: '2026-01-01T00:00:00Z',
            },
          ],
        },
      }),
      server,
      { subresource: 'status' },
    );

  test('version, api-resources', async () => {
    const version = await kubectl.run(['version']);
    assert.match(version.stdout, /Server Version: v1\.\d+\.\d+\+causeway/);
    assert.equal(version.stderr, '', 'no warning about versions too far apart');
    const resources = await kubectl.ok(['api-resources', '-o', 'wide']);
    assert.match(
      resources,
      /^services +svc +causeway\.dev\/v1 +true +Service +create,delete,deletecollection,get,list,patch,update,watch +causeway,all$/m,
    );
    assert.match(resources, /^teams +causeway\.dev\/v1 +false +Team/m);
  });

  test('create, get in every form, describe, delete', async () => {
    assert.match(
      await kubectl.ok(['create', '-f', '-'], manifest('orders', { replicas: 2 }, { form: 'test' })),
      /service\.causeway\.dev\/orders created/,
    );
    await setReady('orders', 'True');
    const again = await kubectl.run(['create', '-f', '-'], manifest('orders'));
    assert.match(again.stderr, /AlreadyExists.*services\.causeway\.dev "orders" already exists/);
    assert.match(
      await kubectl.ok(['get', 'svc', 'orders']),
      /^NAME +PHASE +RELEASE +URL +AGE\norders +Running +\d+s\n$/,
    );
    assert.match(
      await kubectl.ok(['get', 'services', 'orders', '-o', 'wide']),
      /READY +COMMIT +MESSAGE +AGE\norders .*True +set +\d+s/,
    );
    assert.match(
      await kubectl.ok(['get', 'services', '-A', '-l', 'form=test']),
      /^NAMESPACE +NAME.*\nshop +orders /,
    );
    assert.match(
      await kubectl.ok(['get', 'services', 'orders', '-o', 'yaml']),
      /kind: Service[\s\S]*replicas: 2/,
    );
    assert.equal(
      await kubectl.ok(['get', 'services', '-l', 'form=test', '-o', 'name']),
      'service.causeway.dev/orders\n',
    );
    assert.equal(await kubectl.ok(['get', 'service', 'orders', '-o', 'jsonpath={.spec.replicas}']), '2');
    assert.match(await kubectl.ok(['get', 'causeway', '-l', 'form=test']), /orders/);
    assert.match(await kubectl.ok(['get', 'services', '-l', 'form=test', '--show-labels']), /form=test/);
    assert.match(
      await kubectl.ok(['get', 'services', '--chunk-size=1', '--sort-by=.metadata.name']),
      /orders/,
    );
    const service = await api.store.get(ServiceKind, { namespace: 'shop', name: 'orders' });
    api.engine.recordEvent(service, 'Warning', 'Exited', 'exit code 1');
    const described = await until('the event', async () => {
      const shown = await kubectl.ok(['describe', 'service', 'orders']);
      return shown.includes('exit code 1') && shown;
    });
    assert.match(described, /Name: +orders[\s\S]*Events:[\s\S]*Warning +Exited .* exit code 1/);
    assert.match(
      await kubectl.ok(['events', '--for', 'services.causeway.dev/orders']),
      /Warning +Exited +Service\/orders +exit code 1/,
    );
    assert.match(
      await kubectl.ok(['get', 'events']),
      /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\d+s +Warning +Exited +service\/orders +exit code 1/,
    );
    assert.match(await kubectl.ok(['delete', 'service', 'orders']), /"orders" deleted/);
    const gone = await kubectl.run(['get', 'service', 'orders']);
    assert.match(gone.stderr, /Error from server \(NotFound\): services\.causeway\.dev "orders" not found/);
  });

  test('namespaces and teams are described, too', async () => {
    assert.match(await kubectl.ok(['get', 'namespaces']), /^NAME +STATUS +AGE\nbooks /);
    assert.match(await kubectl.ok(['describe', 'namespace', 'shop']), /Name: +shop/);
    assert.match(await kubectl.ok(['describe', 'team', 'shop']), /Role: +owner\n +User: +olga/);
    assert.equal((await vera.ok(['get', 'teams', '-o', 'name'])).trim(), 'team.causeway.dev/shop');
  });

  test('explain', async () => {
    const build = await kubectl.ok(['explain', 'service.spec.build']);
    assert.match(build, /FIELD: build <Object>[\s\S]*DESCRIPTION:\n +How a commit becomes a release/);
    assert.match(build, /builder\t<string>\n +enum: node, python, go, static\n +Which builder/);
    assert.doesNotMatch(build, /<no description>|<empty>/);
    assert.match(
      await kubectl.ok(['explain', 'services', '--recursive']),
      /ownerReferences\t<\[\]Object>[\s\S]*variables\t<\[\]Object>/,
    );
    for (const kind of ['teams', 'builds', 'rollouts', 'replicas', 'routes', 'events', 'namespaces'])
      assert.match(await kubectl.ok(['explain', kind]), /FIELDS:/);
  });

  test('apply creates, changes, prunes what was left out, warns of nothing', async () => {
    const apply = ['apply', '-f', '-'];
    assert.match(
      await kubectl.ok(apply, manifest('carts', { replicas: 2, branch: 'next' })),
      /carts created/,
    );
    assert.match(await kubectl.ok(apply, manifest('carts', { replicas: 3 })), /carts configured/);
    assert.match(await kubectl.ok(apply, manifest('carts', { replicas: 3 })), /carts unchanged/);
    assert.equal(
      await kubectl.ok(['get', 'service', 'carts', '-o', 'jsonpath={.spec.replicas} {.spec.branch}']),
      '3 main',
    );
    assert.match(await kubectl.ok(['diff', '-f', '-'], manifest('carts', { replicas: 3 })), /^$/);
    const typo = await kubectl.run(apply, manifest('carts', { replcas: 3 }));
    assert.equal(typo.code, 1);
    assert.match(typo.stderr, /unknown field "spec\.replcas"/);
    const wrong = await kubectl.run(apply, manifest('carts', { replicas: -1 }));
    assert.match(wrong.stderr, /The Service "carts" is invalid: \n\* spec\.replicas: /);
    assert.match(
      await kubectl.ok([...apply, '--dry-run=server'], manifest('carts', { replicas: 9 })),
      /configured \(server dry run\)/,
    );
    assert.equal(await kubectl.ok(['get', 'service', 'carts', '-o', 'jsonpath={.spec.replicas}']), '3');
  });

  test('patch, label, annotate, replace', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('patched'));
    await kubectl.ok(['patch', 'service', 'patched', '--type=merge', '-p', '{"spec":{"replicas":4}}']);
    await kubectl.ok([
      'patch',
      'service',
      'patched',
      '--type=json',
      '-p',
      '[{"op":"add","path":"/spec/variables/-","value":{"name":"A","value":"1"}}]',
    ]);
    const strategic = await kubectl.run(['patch', 'service', 'patched', '-p', '{"spec":{"replicas":5}}']);
    assert.match(
      strategic.stderr,
      /strategic-merge-patch\+json is not supported.*accepted media types include: application\/json-patch\+json, application\/merge-patch\+json/,
    );
    await kubectl.ok(['label', 'service', 'patched', 'tier=web']);
    await kubectl.ok(['annotate', 'service', 'patched', 'note=hello there']);
    const shown =
      '{.spec.replicas} {.spec.variables[0].value} {.metadata.labels.tier} {.metadata.annotations.note}';
    assert.equal(
      await kubectl.ok(['get', 'service', 'patched', '-o', `jsonpath=${shown}`]),
      '4 1 web hello there',
    );
    await kubectl.ok(['label', 'service', 'patched', 'tier-']);
    assert.match(await kubectl.ok(['replace', '-f', '-'], manifest('patched', { replicas: 6 })), /replaced/);
    assert.equal(
      await kubectl.ok(['get', 'service', 'patched', '-o', 'jsonpath={.spec.replicas}{.metadata.labels}']),
      '6',
    );
    const status = await kubectl.run([
      'patch',
      'service',
      'patched',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"phase":"Running"}}',
    ]);
    assert.match(status.stderr, /Forbidden/);
  });

  test('wait for a condition, a value and a deletion', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('waited'));
    const soon = sleep(200).then(() => setReady('waited', 'True'));
    const [condition, value] = await Promise.all([
      kubectl.ok(['wait', '--for=condition=Ready', 'service/waited', '--timeout=20s']),
      kubectl.ok(['wait', '--for=jsonpath={.status.phase}=Running', 'service/waited', '--timeout=20s']),
    ]);
    await soon;
    assert.match(condition + value, /condition met[\s\S]*condition met/);
    // A kubectl that starts after the deletion has nothing to wait for, and says nothing.
    for (const headStart of [200, 2000, 8000]) {
      const [deleted] = await Promise.all([
        kubectl.ok(['wait', '--for=delete', 'service/waited', '--timeout=20s']),
        sleep(headStart).then(() => kubectl.ok(['delete', 'service', 'waited'])),
      ]);
      if (deleted === '' && headStart < 8000) {
        await kubectl.ok(['create', '-f', '-'], manifest('waited'));
        continue;
      }
      assert.match(deleted, /condition met/);
      break;
    }
    const late = await kubectl.run(['wait', '--for=condition=Ready', 'service/waited', '--timeout=1s']);
    assert.equal(late.code, 1);
  });

  test('delete waits for finalizers', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('held'));
    await kubectl.ok([
      'patch',
      'service',
      'held',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["causeway.dev/test"]}}',
    ]);
    let released = false;
    const [output] = await Promise.all([
      kubectl
        .ok(['delete', 'service', 'held'])
        .finally(() => assert.ok(released, 'it ended before the finalizer was done')),
      sleep(400).then(() => {
        released = true;
        return kubectl.ok([
          'patch',
          'service',
          'held',
          '--type=merge',
          '-p',
          '{"metadata":{"finalizers":null}}',
        ]);
      }),
    ]);
    assert.match(output, /"held" deleted/);
  });

  test('get -w shows changes as they happen', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('watched'));
    // For a single object kubectl suppresses the first event, which may already hold a change made right after its get.
    let seen = false;
    const output = await kubectl
      .until(['get', 'service', 'watched', '-w'], /watched +Running/, async () => {
        for (let change = 0; !seen && change < 60; change += 1) {
          await setReady('watched', change % 2 ? 'False' : 'True');
          await new Promise(resolve => setTimeout(resolve, 200));
        }
      })
      .finally(() => {
        seen = true;
      });
    assert.match(output, /^NAME +PHASE .*\nwatched +\d+s\nwatched +Running/);
    const [onlyNew] = await Promise.all([
      kubectl.until(['get', 'services', '-w', '--output-watch-events', '-l', 'late=yes'], /ADDED +late/),
      kubectl.ok(['create', '-f', '-'], manifest('late', {}, { late: 'yes' })),
    ]);
    assert.match(onlyNew, /ADDED +late/);
  });

  test('auth can-i and whoami, for people with different roles', async () => {
    assert.equal(await kubectl.ok(['auth', 'can-i', 'create', 'services']), 'yes\n');
    assert.equal(await vera.ok(['auth', 'can-i', 'get', 'services']), 'yes\n');
    assert.equal(await vera.ok(['auth', 'can-i', 'list', 'services', '-A']), 'yes\n');
    for (const question of [
      ['create', 'services'],
      ['get', 'services', '-n', 'books'],
      ['delete', 'teams/shop'],
      ['update', 'services', '--subresource=status'],
      ['*', '*'],
    ]) {
      const { stdout, code } = await vera.run(['auth', 'can-i', ...question]);
      assert.match(stdout, /^no/, question.join(' '));
      assert.equal(code, 1);
    }
    assert.match(
      await vera.ok(['auth', 'can-i', '--list']),
      /services\.causeway\.dev +\[\] +\[\] +\[get list watch\]/,
    );
    assert.match(await vera.ok(['auth', 'whoami']), /Username +vera/);
    assert.match(await vera.ok(['auth', 'whoami', '-o', 'json']), /"username": "vera"/);
    const refused = await vera.run(['create', '-f', '-'], manifest('mine'));
    assert.match(
      refused.stderr,
      /services\.causeway\.dev is forbidden: User "vera" cannot create resource "services" in API group "causeway\.dev" in the namespace "shop"/,
    );
  });
});
