import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openDatabase, openEngine } from '@causeway/engine';
import { defineKind, type KindDefinition, kinds } from '@causeway/model';
import { z } from 'zod';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const common = {
  kind: 'Widget',
  plural: 'widgets',
  description: 'Something with a size.',
  access: {
    get: 'viewer',
    list: 'viewer',
    watch: 'viewer',
    create: 'viewer',
    update: 'viewer',
    patch: 'viewer',
    delete: 'viewer',
  },
} as const;

const flatSpec = z.object({
  cpu: z.int().min(1).default(1).meta({ description: 'Cores.' }),
  memory: z.int().optional().meta({ description: 'MiB.' }),
});
const flatStatus = z.object({ state: z.string().optional().meta({ description: 'How it is.' }) });

/** As it was in the first release. */
const OldWidget = defineKind({ ...common, version: 'v1beta1', spec: flatSpec, status: flatStatus });

/** As it is: the size has its own field. */
const Widget = defineKind({
  ...common,
  version: 'v1',
  spec: z.object({
    size: z
      .object({
        cpu: z.int().min(1).meta({ description: 'Cores.' }),
        memory: z.int().optional().meta({ description: 'MiB.' }),
      })
      .meta({ description: 'How big.' }),
    colour: z.string().optional().meta({ description: 'Only here.' }),
  }),
  status: z.object({ phase: z.string().optional().meta({ description: 'How it is.' }) }),
  columns: [{ name: 'CPU', path: '.spec.size.cpu', type: 'integer' }],
  versions: [
    {
      version: 'v1beta1',
      spec: flatSpec.extend({ colour: z.string().optional().meta({ description: 'Kept for v1.' }) }),
      status: flatStatus,
      columns: [{ name: 'Cores', path: '.spec.cpu', type: 'integer' }],
      deprecation: 'causeway.dev/v1beta1 Widget is deprecated, gone after 2027-06-30; use causeway.dev/v1',
      toStored: ({ spec: { cpu, memory, ...rest }, status }) => ({
        spec: { ...rest, size: { cpu, ...(memory === undefined ? {} : { memory }) } },
        ...(status ? { status: status.state === undefined ? {} : { phase: status.state } } : {}),
      }),
      fromStored: ({ spec: { size, ...rest }, status }) => ({
        spec: { ...rest, ...(size as object) },
        ...(status ? { status: status.phase === undefined ? {} : { state: status.phase } } : {}),
      }),
    },
  ],
});

const withWidget = (widget: KindDefinition): KindDefinition[] => [...kinds, widget];

describe('a kind in several versions', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi({ kinds: withWidget(Widget) });
  });
  after(() => api.close());

  const at = (version: string, name = '') =>
    `/apis/causeway.dev/${version}/namespaces/shop/widgets${name ? `/${name}` : ''}`;
  const ask = (method: string, where: string, body?: unknown, headers?: Record<string, string>) =>
    api.ask(api.admin, method, where, body, headers);

  const watched = async (from: TestApi, where: string) => {
    const response = await fetch(from.url + where, { headers: { authorization: `Bearer ${api.admin}` } });
    const lines = (await response.text()).trim().split('\n');
    return lines.map(line => JSON.parse(line) as { object: { apiVersion: string; spec: unknown } });
  };

  test('[ENG13] what is written in one version is read in each', async () => {
    const made = await ask('POST', at('v1beta1'), {
      apiVersion: 'causeway.dev/v1beta1',
      kind: 'Widget',
      metadata: { name: 'old' },
      spec: { cpu: 2, memory: 64, colour: 'red' },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal(made.body.apiVersion, 'causeway.dev/v1beta1');
    assert.deepEqual(made.body.spec, { cpu: 2, memory: 64, colour: 'red' });
    assert.match(made.headers.get('warning') ?? '', /299 - "causeway.dev\/v1beta1 Widget is deprecated/);

    const read = await ask('GET', at('v1', 'old'));
    assert.equal(read.body.apiVersion, 'causeway.dev/v1');
    assert.deepEqual(read.body.spec, { size: { cpu: 2, memory: 64 }, colour: 'red' });
    assert.equal(read.headers.get('warning'), null);
    assert.equal(read.body.metadata.uid, made.body.metadata.uid);
  });

  test('[ENG13] patches, replacements and apply mean the version they are sent to', async () => {
    await ask('POST', at('v1'), { metadata: { name: 'new' }, spec: { size: { cpu: 1 }, colour: 'blue' } });
    const patched = await ask(
      'PATCH',
      at('v1beta1', 'new'),
      { spec: { cpu: 4 } },
      {
        'content-type': 'application/merge-patch+json',
      },
    );
    assert.deepEqual(patched.body.spec, { cpu: 4, colour: 'blue' });
    const { body } = await ask('GET', at('v1', 'new'));
    assert.deepEqual(body.spec, { size: { cpu: 4 }, colour: 'blue' });
    const replaced = await ask('PUT', at('v1beta1', 'new'), {
      ...patched.body,
      spec: { ...patched.body.spec, memory: 8 },
    });
    assert.equal(replaced.status, 200, JSON.stringify(replaced.body));
    assert.deepEqual((await ask('GET', at('v1', 'new'))).body.spec.size, { cpu: 4, memory: 8 });
    const applied = await ask(
      'PATCH',
      `${at('v1beta1', 'new')}?fieldManager=tool&force=true`,
      { apiVersion: 'causeway.dev/v1beta1', kind: 'Widget', metadata: { name: 'new' }, spec: { cpu: 5 } },
      { 'content-type': 'application/apply-patch+yaml' },
    );
    assert.equal(applied.status, 200, JSON.stringify(applied.body));
    assert.equal(applied.body.spec.cpu, 5);
    assert.equal(applied.body.spec.colour, 'blue');
  });

  test('[ENG13] errors name the fields of the version in which they were given', async () => {
    const wrong = await ask('POST', at('v1beta1'), { metadata: { name: 'wrong' }, spec: { cpu: 0 } });
    assert.equal(wrong.status, 422);
    assert.equal(wrong.body.details.causes[0].field, 'spec.cpu');
    const other = await ask('POST', at('v1'), {
      apiVersion: 'causeway.dev/v1beta1',
      metadata: { name: 'x' },
    });
    assert.equal(other.status, 400);
  });

  test('[ENG13] lists, tables and watches speak their version', async () => {
    const list = await ask('GET', at('v1beta1'));
    assert.equal(list.body.apiVersion, 'causeway.dev/v1beta1');
    for (const item of list.body.items) {
      assert.equal(item.apiVersion, 'causeway.dev/v1beta1');
      assert.ok(item.spec.cpu >= 1);
    }
    const table = await ask('GET', at('v1beta1'), undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.ok(table.body.columnDefinitions.some((column: { name: string }) => column.name === 'Cores'));
    const [event] = await watched(api, `${at('v1beta1')}?watch=true&timeoutSeconds=1&resourceVersion=0`);
    assert.equal(event?.object.apiVersion, 'causeway.dev/v1beta1');
  });

  test('[ENG13] discovery names both versions and prefers the stored one', async () => {
    const { body } = await ask('GET', '/apis/causeway.dev');
    assert.equal(body.preferredVersion.version, 'v1');
    assert.deepEqual(
      body.versions.map(({ version }: { version: string }) => version),
      ['v1', 'v1beta1'],
    );
    const schema = await ask('GET', '/openapi/v3/apis/causeway.dev/v1beta1');
    assert.match(JSON.stringify(schema.body), /Kept for v1/);
  });

  test('[ENG13] what an earlier release stored is read, listed, watched and changed', async () => {
    const { connectionString } = api;
    const log = (line: string) => assert.fail(line);
    const earlier = await openEngine({
      database: openDatabase(connectionString),
      kinds: withWidget(OldWidget),
      log,
    });
    const actor = { user: 'alice', from: 'test' };
    const since = (await api.store.list(Widget)).resourceVersion;
    await earlier.store.create(
      OldWidget,
      { metadata: { name: 'ancient', namespace: 'shop' }, spec: { cpu: 3 } },
      actor,
    );
    await earlier.close();
    const running = await ask('GET', at('v1', 'ancient'));
    assert.deepEqual(running.body.spec, { size: { cpu: 3 } });

    const later = await api.another();
    try {
      const read = await later.ask(api.admin, 'GET', at('v1', 'ancient'));
      assert.equal(read.body.apiVersion, 'causeway.dev/v1');
      assert.deepEqual(read.body.spec, { size: { cpu: 3 } });
      const events = await watched(later, `${at('v1')}?watch=true&timeoutSeconds=1&resourceVersion=${since}`);
      assert.deepEqual(events[0]?.object.spec, { size: { cpu: 3 } });
      const changed = await later.ask(
        api.admin,
        'PATCH',
        at('v1', 'ancient'),
        { spec: { colour: 'grey' } },
        {
          'content-type': 'application/merge-patch+json',
        },
      );
      assert.deepEqual(changed.body.spec, { size: { cpu: 3 }, colour: 'grey' });
    } finally {
      await later.close();
    }
  });
});
