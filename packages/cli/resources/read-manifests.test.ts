import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { readManifests } from './read-manifests.ts';

const read = (text: string) => readManifests(['-'], Readable.from([text]));

const service = 'apiVersion: causeway.dev/v1\nkind: Service\nmetadata: {name: orders}\nspec: {replicas: 2}\n';

test('documents, Lists and JSON give their objects', async () => {
  const named = async (text: string): Promise<string[]> =>
    (await read(text)).map(({ kind, object }) => `${kind.plural} ${object.metadata.name}`);
  assert.deepEqual(await named(`${service}---\n# nothing\n---\n${service.replace('orders', 'cart')}`), [
    'services orders',
    'services cart',
  ]);
  const object = { apiVersion: 'causeway.dev/v1', kind: 'Team', metadata: { name: 'shop' } };
  assert.deepEqual(await named(JSON.stringify(object)), ['teams shop']);
  assert.deepEqual(await named(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [object, object] })), [
    'teams shop',
    'teams shop',
  ]);
  assert.deepEqual(
    await named(service.replace('causeway.dev/v1', 'platform.example.com/v1')),
    ['services orders'],
    'a branded group',
  );
});

test('a file that cannot be taken says where and why', async t => {
  for (const [text, why] of [
    ['', /There is no object in -/],
    ['- a\n- b\n', /standard input: it is not an object/],
    [`${service}---\nkind: Service\n`, /standard input, document 2: apiVersion and kind are missing/],
    [service.replace('Service', 'Servce'), /There is no kind 'Servce'/],
    [service.replace('dev/v1', 'dev/v2'), /: Service has no version v2; there is v1\.$/],
    [
      service.replace('causeway.dev/v1', 'platform.example.com/v1beta1'),
      /: Service has no version v1beta1; there is v1\.$/,
    ],
    [service.replace('orders', '../x'), /metadata.name is missing or is no name/],
    [
      service.replace('{name: orders}', '{name: a, namespace: "B/C"}'),
      /metadata.namespace is no name of a team/,
    ],
    ['a: [unclosed', /standard input: /],
    ['a: 1\na: 2\n', /unique/],
    [`${service}status: {__proto__: {x: 1}}\n`, /__proto__/],
  ] as const)
    await assert.rejects(read(text), why, text);
  await assert.rejects(readManifests(['/nowhere/x.yaml'], Readable.from([])), error =>
    isPlatformError(error, 'NotFound'),
  );
  const folder = await mkdtemp(join(tmpdir(), 'causeway manifests '));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a.yaml'), service);
  assert.equal(
    (await readManifests([join(folder, 'a.yaml')], Readable.from([])))[0]?.object.metadata.name,
    'orders',
  );
});

test('aliases cannot grow without bound', async () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`),
  ].join('\n');
  await assert.rejects(read(bomb), /./);
});
