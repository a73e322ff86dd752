import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EnvironmentRequestKind, ServiceKind } from '@causeway/model';
import { realKubectl, until } from '@causeway/testkit';
import { createKubectl, type Kubectl } from './testing/run-kubectl.ts';
import { createTeam, server, startTestApi, type TestApi } from './testing/test-api.ts';

const group = 'platform.kubedojo.io';
const key = { namespace: 'payments-team', name: 'payments-staging' };

/** As an organisation wrote it long before it ran this platform. */
const requestFile = (lifetime = '14d'): string => `apiVersion: ${group}/v1
kind: EnvironmentRequest
metadata:
  name: payments-staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: ${lifetime}
  region: eu-central-1
  dataClassification: internal
  services:
    - name: payments-api
      replicas: 2
    - name: payments-worker
      replicas: 1
`;

describe('[API2] a real kubectl with files in a group of the organisation', {
  skip: realKubectl().skip,
}, () => {
  let api: TestApi;
  let kubectl: Kubectl;
  let folder: string;
  before(async () => {
    api = await startTestApi({ apiGroups: [group] });
    await createTeam(api.store, key.namespace);
    folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-groups-'));
    const editor = path.join(folder, 'editor');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/purpose: integration-test/purpose: demo/" "$1"\n');
    await chmod(editor, 0o755);
    kubectl = await createKubectl(api, api.admin, key.namespace, { KUBE_EDITOR: editor });
  });
  after(async () => {
    await kubectl.close();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });
  const branded = `environmentrequests.${group}`;
  const json = async (...parameters: string[]) =>
    JSON.parse(await kubectl.ok([...parameters, '-o', 'json', '--show-managed-fields']));

  test('apply, diff and apply again: the file is what is there', async () => {
    assert.equal(
      await kubectl.ok(['apply', '-f', '-'], requestFile()),
      `environmentrequest.${group}/payments-staging created\n`,
    );
    const stored = api.store.peek(EnvironmentRequestKind, key);
    assert.equal(stored?.apiVersion, 'causeway.dev/v1');
    assert.deepEqual(
      stored?.metadata.managedFields?.map(({ apiVersion }) => apiVersion),
      ['causeway.dev/v1'],
    );
    assert.equal((await kubectl.run(['diff', '-f', '-'], requestFile())).code, 0);
    assert.match(await kubectl.ok(['apply', '-f', '-'], requestFile()), /unchanged/);
    const diff = await kubectl.run(['diff', '-f', '-'], requestFile('7d'));
    assert.equal(diff.code, 1, diff.stderr);
    assert.match(diff.stdout, /^- {2}lifetime: 14d\n\+ {2}lifetime: 7d$/m);
    assert.doesNotMatch(diff.stdout, /^[-+] *apiVersion/m);
    assert.match(await kubectl.ok(['apply', '-f', '-'], requestFile('7d')), /configured/);
  });

  test('each object is listed once, and shown in the group in which it is asked for', async () => {
    await kubectl.ok(['apply', '-f', '-'], requestFile());
    const resources = await kubectl.ok(['api-resources', '--no-headers', '-o', 'name']);
    const named = resources.split('\n').filter(line => line.startsWith('environmentrequests'));
    assert.deepEqual(named, ['environmentrequests.causeway.dev']);
    for (const word of ['environmentrequests', 'envreq', 'causeway']) {
      const listed = await kubectl.run(['get', word, '-o', 'name']);
      const lines = listed.stdout.split('\n').filter(line => line.startsWith('environmentrequest'));
      assert.deepEqual(lines, ['environmentrequest.causeway.dev/payments-staging']);
      assert.equal(listed.stderr, '');
    }
    const table = await kubectl.ok(['get', branded]);
    assert.match(table, /^NAME +PHASE[^\n]*\npayments-staging [^\n]*\n$/);
    for (const [word, apiVersion] of [
      [branded, `${group}/v1`],
      ['environmentrequests', 'causeway.dev/v1'],
    ] as const) {
      const { apiVersion: shown, metadata } = await json('get', word, key.name);
      assert.equal(shown, apiVersion);
      assert.deepEqual(
        [...new Set(metadata.managedFields.map((entry: { apiVersion: string }) => entry.apiVersion))],
        [apiVersion],
      );
      const list = await json('get', word);
      assert.deepEqual(
        list.items.map((item: { apiVersion: string }) => item.apiVersion),
        [apiVersion],
      );
    }
  });

  test('server-side apply knows its fields in either group, and others’', async () => {
    const serverSide = (manager: string, text: string, ...more: string[]) =>
      kubectl.run(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-', ...more], text);
    const file = requestFile().replace('payments-staging', 'payments-ssa');
    const ours = (text: string) => text.replace(group, 'causeway.dev');
    assert.equal((await serverSide('one', file)).code, 0);
    assert.equal((await serverSide('one', ours(file))).code, 0);
    const conflict = await serverSide('two', ours(file.replace('14d', '3d')));
    assert.match(conflict.stderr, /conflict with "one": \.spec\.lifetime/);
    const { metadata } = await json('get', branded, 'payments-ssa');
    assert.deepEqual(
      metadata.managedFields.map(({ manager, apiVersion }: Record<string, string>) => [manager, apiVersion]),
      [['one', `${group}/v1`]],
    );
    const removed = file.replace('  purpose: integration-test\n', '');
    assert.equal((await serverSide('one', removed)).code, 0);
    assert.equal((await json('get', 'envreq', 'payments-ssa')).spec.purpose, undefined);
    await kubectl.ok(['delete', '-f', '-'], file);
  });

  test('what was applied client-side in one group goes on server-side in another', async () => {
    const file = requestFile().replace('payments-staging', 'payments-moved');
    await kubectl.ok(['apply', '-f', '-'], file.replace(group, 'causeway.dev'));
    const moved = await kubectl.run(['apply', '--server-side', '-f', '-'], file.replace('14d', '3d'));
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal((await json('get', 'envreq', 'payments-moved')).spec.lifetime, '3d');
    await kubectl.ok(['delete', '-f', '-'], file);
  });

  test('edit, describe, explain, wait, events, delete', async () => {
    await kubectl.ok(['apply', '-f', '-'], requestFile());
    assert.match(await kubectl.ok(['edit', branded, key.name]), /edited/);
    assert.equal(api.store.peek(EnvironmentRequestKind, key)?.spec.purpose, 'demo');
    const request = await api.store.mutate(
      EnvironmentRequestKind,
      key,
      object => ({
        ...object,
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'Serving',
              message: 'All serve.',
              lastTransitionTime: '2026-01-01T00:00:00Z',
            },
          ],
        },
      }),
      server,
      { subresource: 'status' },
    );
    await kubectl.ok(['wait', '--for=condition=Ready', `${branded}/${key.name}`, '--timeout=30s']);
    await kubectl.ok(['wait', '--for=condition=Ready', '-f', '-', '--timeout=30s'], requestFile());
    api.engine.recordEvent(request, 'Normal', 'Ready', 'it took four seconds');
    for (const word of [`${branded}/${key.name}`, `environmentrequest/${key.name}`]) {
      const events = await until('the event', async () => {
        const shown = await kubectl.ok(['events', '--for', word]);
        return shown.includes('four seconds') && shown;
      });
      assert.match(events, /EnvironmentRequest\/payments-staging +it took four seconds/, word);
    }
    const described = await kubectl.ok(['describe', '-f', '-'], requestFile());
    assert.match(described, new RegExp(`^API Version: +${group}/v1$`, 'm'));
    assert.match(described, /it took four seconds/);
    const explained = await kubectl.ok(['explain', `${branded}.spec.lifetime`]);
    assert.match(explained, new RegExp(`GROUP: +${group}`));
    assert.match(explained, /14d/);
    assert.match(
      await kubectl.ok(['explain', 'environmentrequest', `--api-version=${group}/v1`]),
      new RegExp(`GROUP: +${group}`),
    );
    assert.match(await kubectl.ok(['auth', 'can-i', 'create', branded]), /yes/);
    assert.match(await kubectl.ok(['delete', '-f', '-', '--timeout=30s'], requestFile()), /deleted/);
    const gone = await kubectl.run(['get', branded, key.name]);
    assert.equal(
      gone.stderr,
      `Error from server (NotFound): environmentrequests.${group} "payments-staging" not found\n`,
    );
  });

  test('what is wrong is said of the kind as it was written', async () => {
    const wrong = await kubectl.run(['apply', '-f', '-'], requestFile().replace('14d', 'soon'));
    assert.match(wrong.stderr, /The EnvironmentRequest "payments-staging" is invalid[\s\S]*spec\.lifetime/);
    const refused = await api.ask(
      api.admin,
      'POST',
      `/apis/${group}/v1/namespaces/payments-team/environmentrequests`,
      { metadata: { name: 'x' }, spec: { lifetime: 'soon' } },
    );
    assert.match(refused.body.message, new RegExp(`^EnvironmentRequest\\.${group} "x" is invalid`));
    assert.equal(refused.body.details.group, group);
    assert.doesNotMatch(wrong.stderr, /causeway\.dev/);
    const unknown = await kubectl.run(['apply', '-f', '-'], requestFile().replace('purpose:', 'porpoise:'));
    assert.match(unknown.stderr, /strict decoding error: unknown field "spec\.porpoise"/);
    const other = await kubectl.run(['apply', '-f', '-'], requestFile().replace(group, 'platform.other.io'));
    assert.match(
      other.stderr,
      /no matches for kind "EnvironmentRequest" in version "platform\.other\.io\/v1"/,
    );
  });

  test('an owner named in either group owns', async () => {
    const service = (name: string, metadata: object = {}) =>
      JSON.stringify({
        apiVersion: `${group}/v1`,
        kind: 'Service',
        metadata: { name, ...metadata },
        spec: {},
      });
    await kubectl.ok(['apply', '-f', '-'], service('parent'));
    const { uid } = (await json('get', 'service', 'parent')).metadata;
    const owner = { apiVersion: `${group}/v1`, kind: 'Service', name: 'parent', uid };
    const child = service('child', { ownerReferences: [owner] });
    await kubectl.ok(['apply', '--server-side', '-f', '-'], child);
    const version = (await json('get', 'service', 'child')).metadata.resourceVersion;
    await kubectl.ok(['apply', '--server-side', '-f', '-'], child);
    const ours = await json('get', 'service', 'child');
    assert.equal(ours.metadata.resourceVersion, version);
    assert.equal(ours.metadata.ownerReferences[0].apiVersion, 'causeway.dev/v1');
    const theirs = await json('get', `services.${group}`, 'child');
    assert.equal(theirs.metadata.ownerReferences[0].apiVersion, `${group}/v1`);
    await kubectl.ok(['scale', `services.${group}/child`, '--replicas=3']);
    assert.equal(api.store.peek(ServiceKind, { ...key, name: 'child' })?.spec.replicas, 3);
    await kubectl.ok(['delete', `service.${group}`, 'parent']);
    await kubectl.ok(['wait', '--for=delete', `services.${group}/child`, '--timeout=30s']);
  });

  test('a watch in a group tells of objects as they are there', async () => {
    await kubectl.ok(['create', '-f', '-'], requestFile('2d').replace('payments-staging', 'watched'));
    await kubectl.until(
      ['get', branded, '--watch', '-o', 'jsonpath={.apiVersion} {.metadata.name} {.spec.lifetime}{"\\n"}'],
      /platform\.kubedojo\.io\/v1 watched 2d\n[\s\S]*platform\.kubedojo\.io\/v1 watched 3d\n/,
      async () => {
        await kubectl.ok(['patch', 'envreq', 'watched', '--type=merge', '-p', '{"spec":{"lifetime":"3d"}}']);
      },
    );
  });
});
