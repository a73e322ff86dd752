import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '@causeway/engine';
import { type ChangeRequest, type Source, SourceKind } from '@causeway/model';
import { broughtBy } from './brought-by.ts';

const change = (number: number, service: string, commit: string | undefined, at: string, path: string) =>
  ({
    metadata: { name: `${service}.${number}`, namespace: 'shop' },
    spec: { service, number },
    status: {
      files: [{ path, added: 1, removed: 0 }],
      ...(commit === undefined ? {} : { merged: { by: 'ada', at, commit, method: 'merge' } }),
    },
  }) as unknown as ChangeRequest;

test('the change request that brought a file’s commit is found, also when several were merged between two looks', () => {
  const changes = [
    change(1, 'api', 'c1', '2026-01-01T10:00:00Z', 'platform/a.yaml'),
    change(2, 'api', 'c2', '2026-01-01T11:00:00Z', 'platform/b.yaml'),
    change(3, 'api', undefined, '', 'platform/c.yaml'),
    change(4, 'other', 'c4', '2026-01-01T12:00:00Z', 'platform/a.yaml'),
  ];
  const store = {
    peekAll: (_kind: unknown, _namespace: string, where: (one: ChangeRequest) => boolean) =>
      changes.filter(where),
  } as unknown as Pick<Store, 'peekAll'>;
  const find = broughtBy(store, { namespace: 'shop', name: 'api' }, '2026-01-01T09:00:00Z');
  assert.equal(find('platform/a.yaml', 'c1'), 'api.1');
  // Both were merged before anybody looked: each file has its own.
  assert.equal(find('platform/a.yaml', 'c9'), 'api.1');
  assert.equal(find('platform/b.yaml', 'c9'), 'api.2');
  assert.equal(find('platform/c.yaml', 'c9'), undefined, 'it was not merged');
  const later = broughtBy(store, { namespace: 'shop', name: 'api' }, '2026-01-01T10:30:00Z');
  assert.equal(later('platform/a.yaml', 'c9'), undefined, 'it was applied before: somebody else pushed');
});

test('a source names one repository, without a password, and a folder in it', () => {
  const wrong = (spec: object, name = 'api'): string[] =>
    (
      SourceKind.validate?.({ metadata: { name }, spec: SourceKind.spec.parse(spec) } as unknown as Source) ??
      []
    ).map(({ field }) => field);
  assert.deepEqual(wrong({ service: 'api' }), []);
  assert.deepEqual(wrong({ url: 'https://example.com/a.git', folder: 'deploy/platform' }), []);
  assert.deepEqual(wrong({}), ['spec.url']);
  assert.deepEqual(wrong({ service: 'api', url: 'https://example.com/a.git' }), ['spec.url']);
  assert.deepEqual(wrong({ service: 'web' }), ['spec.service']);
  assert.deepEqual(wrong({ url: 'https://ada:secret@example.com/a.git' }), ['spec.url']);
  for (const folder of ['', '/etc', '../up', 'a//b', 'a/./b', 'a\nb'])
    assert.deepEqual(wrong({ service: 'api', folder }), ['spec.folder'], folder);
});
