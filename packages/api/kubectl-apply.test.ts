import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { realKubectl, until } from '@causeway/testkit';
import { createKubectl, type Kubectl } from './testing/run-kubectl.ts';
import { server, startTestApi, type TestApi } from './testing/test-api.ts';

const manifest = (name: string, spec: object = {}, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: 'causeway.dev/v1', kind: 'Service', metadata: { name, ...metadata }, spec });

describe('a real kubectl that applies, edits, scales and deletes', {
  skip: realKubectl().skip,
  concurrency: true,
}, () => {
  let api: TestApi;
  let kubectl: Kubectl;
  let folder: string;
  before(async () => {
    api = await startTestApi();
    folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-edit-'));
    const editor = path.join(folder, 'editor');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/replicas: 2/replicas: 7/" "$1"\n');
    await chmod(editor, 0o755);
    kubectl = await createKubectl(api, api.admin, 'shop', { KUBE_EDITOR: editor });
  });
  after(async () => {
    await kubectl.close();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });
  const replicas = (name: string) => kubectl.ok(['get', 'service', name, '-o', 'jsonpath={.spec.replicas}']);
  const serverSide = (...more: string[]) => ['apply', '--server-side', '-f', '-', ...more];

  test('apply --server-side creates, conflicts, forces, and shows who manages what', async () => {
    assert.match(await kubectl.ok(serverSide(), manifest('ssa', { replicas: 2 })), /ssa serverside-applied/);
    const other = await kubectl.run(serverSide('--field-manager=ci'), manifest('ssa', { replicas: 3 }));
    assert.equal(other.code, 1);
    assert.match(other.stderr, /Apply failed with 1 conflict: conflict with "kubectl": \.spec\.replicas/);
    assert.match(other.stderr, /--force-conflicts/);
    await kubectl.ok(serverSide('--field-manager=ci', '--force-conflicts'), manifest('ssa', { replicas: 3 }));
    assert.doesNotMatch(await kubectl.ok(['get', 'service', 'ssa', '-o', 'yaml']), /managedFields/);
    const shown = await kubectl.ok(['get', 'service', 'ssa', '-o', 'yaml', '--show-managed-fields']);
    assert.match(shown, /managedFields:[\s\S]*f:replicas: \{\}[\s\S]*manager: ci\n {4}operation: Apply/);
    const dry = await kubectl.ok(
      serverSide('--dry-run=server', '--field-manager=ci'),
      manifest('ssa', { replicas: 9 }),
    );
    assert.match(dry, /serverside-applied \(server dry run\)/);
    assert.equal(await replicas('ssa'), '3');
  });

  test('what was applied client-side goes on server-side, with its removals', async () => {
    await kubectl.ok(['apply', '-f', '-'], manifest('moved', { replicas: 4, description: 'old' }));
    const moved = await kubectl.run(serverSide(), manifest('moved', { replicas: 5 }));
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal(
      await kubectl.ok(['get', 'service', 'moved', '-o', 'jsonpath={.spec.replicas}{.spec.description}']),
      '5',
    );
    const entries = JSON.parse(
      await kubectl.ok(['get', 'service', 'moved', '-o', 'json', '--show-managed-fields']),
    ).metadata.managedFields as { manager: string; operation: string }[];
    assert.deepEqual(
      entries.map(({ manager, operation }) => `${manager} ${operation}`),
      ['kubectl-last-applied Apply', 'kubectl Apply'],
    );
  });

  test('diff, client-side and server-side, shows the change and makes none', async () => {
    await kubectl.ok(serverSide(), manifest('differs', { replicas: 2 }));
    for (const how of [[], ['--server-side']]) {
      const diff = await kubectl.run(['diff', ...how, '-f', '-'], manifest('differs', { replicas: 6 }));
      assert.equal(diff.code, 1, diff.stderr);
      assert.match(diff.stdout, /^- {2}replicas: 2\n\+ {2}replicas: 6$/m);
    }
    assert.equal(
      (await kubectl.run(['diff', '--server-side', '-f', '-'], manifest('differs', { replicas: 2 }))).code,
      0,
    );
    assert.equal(await replicas('differs'), '2');
  });

  test('apply --prune deletes what is no longer among the files', async () => {
    const labels = { labels: { set: 'pruned' } };
    const both = `${manifest('prune-a', {}, labels)}\n---\n${manifest('prune-b', {}, labels)}`;
    const prune = [
      'apply',
      '-f',
      '-',
      '--prune',
      '-l',
      'set=pruned',
      '--prune-allowlist=causeway.dev/v1/Service',
    ];
    await kubectl.ok(prune, both);
    assert.match(await kubectl.ok(prune, manifest('prune-a', {}, labels)), /prune-b pruned/);
    assert.equal(
      await kubectl.ok(['get', 'services', '-l', 'set=pruned', '-o', 'name']),
      'service.causeway.dev/prune-a\n',
    );
  });

  test('edit, replace, replace --force, annotate', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('edited', { replicas: 2 }));
    assert.match(await kubectl.ok(['edit', 'service', 'edited']), /edited edited/);
    assert.equal(await replicas('edited'), '7');
    assert.match(await kubectl.ok(['annotate', 'service', 'edited', 'note=mine']), /annotated/);
    const current = JSON.parse(await kubectl.ok(['get', 'service', 'edited', '-o', 'json']));
    current.spec.replicas = 8;
    assert.match(await kubectl.ok(['replace', '-f', '-'], JSON.stringify(current)), /replaced/);
    assert.equal(await replicas('edited'), '8');
    const anew = await kubectl.ok(['replace', '--force', '-f', '-'], manifest('edited', { replicas: 1 }));
    assert.match(anew, /edited replaced/);
    const uid = await kubectl.ok(['get', 'service', 'edited', '-o', 'jsonpath={.metadata.uid}']);
    assert.notEqual(uid, current.metadata.uid);
  });

  test('scale, with preconditions', async () => {
    await kubectl.ok(['create', '-f', '-'], manifest('scaled', { replicas: 2 }));
    assert.match(await kubectl.ok(['scale', 'service', 'scaled', '--replicas=3']), /scaled scaled/);
    assert.equal(await replicas('scaled'), '3');
    const stale = await kubectl.run(['scale', 'service', 'scaled', '--current-replicas=2', '--replicas=9']);
    assert.match(stale.stderr, /Expected replicas to be 2, was 3/);
    assert.equal((await kubectl.run(['scale', 'service', 'scaled', '--replicas=99'])).code, 1);
    assert.match(
      await kubectl.ok(['get', 'service', 'scaled', '--subresource=scale']),
      /^NAME +DESIRED +AVAILABLE +AGE\nscaled +3 +0 /,
    );
    assert.equal((await kubectl.run(['scale', 'team', 'shop', '--replicas=1'])).code, 1);
  });

  test('delete --cascade', async () => {
    for (const cascade of ['background', 'foreground', 'orphan']) {
      const [owner, child] = [`${cascade}-owner`, `${cascade}-child`];
      await kubectl.ok(['create', '-f', '-'], manifest(owner));
      const uid = await kubectl.ok(['get', 'service', owner, '-o', 'jsonpath={.metadata.uid}']);
      const reference = {
        apiVersion: 'causeway.dev/v1',
        kind: 'Service',
        name: owner,
        uid,
        blockOwnerDeletion: true,
      };
      await kubectl.ok(['create', '-f', '-'], manifest(child, {}, { ownerReferences: [reference] }));
      await kubectl.ok(['delete', 'service', owner, `--cascade=${cascade}`, '--timeout=30s']);
      if (cascade === 'foreground')
        assert.equal(api.store.peek(ServiceKind, { namespace: 'shop', name: child }), undefined);
      if (cascade === 'background')
        await kubectl.ok(['wait', '--for=delete', `service/${child}`, '--timeout=30s']);
      if (cascade === 'orphan')
        assert.equal(
          await kubectl.ok(['get', 'service', child, '-o', 'jsonpath={.metadata.ownerReferences}']),
          '',
        );
    }
  });

  test('get --chunk-size and --field-selector', async () => {
    for (const name of ['chunk-a', 'chunk-b', 'chunk-c'])
      await kubectl.ok(
        ['create', '-f', '-'],
        manifest(name, { template: name }, { labels: { chunk: 'yes' } }),
      );
    const chunks = await kubectl.ok(['get', 'services', '-l', 'chunk=yes', '--chunk-size=1', '-o', 'name']);
    assert.equal(
      chunks,
      'service.causeway.dev/chunk-a\nservice.causeway.dev/chunk-b\nservice.causeway.dev/chunk-c\n',
    );
    const selected = await kubectl.ok([
      'get',
      'services',
      '--field-selector',
      'spec.template=chunk-b',
      '-o',
      'name',
    ]);
    assert.equal(selected, 'service.causeway.dev/chunk-b\n');
    const unknown = await kubectl.run(['get', 'services', '--field-selector', 'spec.replicas=1']);
    assert.match(unknown.stderr, /spec\.replicas/);
  });

  test('explain --recursive, auth can-i --list, events', async () => {
    const explained = await kubectl.ok(['explain', 'service', '--recursive']);
    assert.match(
      explained,
      /FIELDS:[\s\S]*managedFields\t<\[\]ManagedFieldsEntry>|managedFields\t<\[\]Object>/,
    );
    assert.match(explained, / {4}http\t<Object>\n {6}drainTimeout\t<string>/);
    const rights = await kubectl.ok(['auth', 'can-i', '--list']);
    assert.match(rights, /^Resources +Non-Resource URLs +Resource Names +Verbs$/m);
    assert.match(rights, /^services\.causeway\.dev +\[\] +\[\] +\[.*create.*delete.*\]$/m);
    assert.match(rights, /^services\.causeway\.dev\/scale +\[\] +\[\] +\[get patch update\]$/m);
    const service = await api.store.create(
      ServiceKind,
      { metadata: { name: 'eventful', namespace: 'shop' } },
      server,
    );
    api.engine.recordEvent(service, 'Warning', 'Exited', 'exit code 3');
    const events = await until('the event', async () => {
      const shown = await kubectl.ok(['events', '--types=Warning']);
      return shown.includes('exit code 3') && shown;
    });
    assert.match(events, /Warning +Exited +Service\/eventful +exit code 3/);
  });
});
