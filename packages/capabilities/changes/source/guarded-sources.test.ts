import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Engine, openDatabase, openEngine } from '@causeway/engine';
import { kinds, NamespaceKind, SourceKind, TeamKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { withGuardedSources } from './guarded-sources.ts';

let engine: Engine;
let close: () => Promise<void>;
before(async () => {
  const database = await testDatabase();
  close = database.close;
  engine = await openEngine({
    database: openDatabase(database.connectionString),
    kinds,
    log: console.error,
  });
});
after(async () => {
  await engine.close();
  await close();
});

test('[SRC11] nobody but its maker or an owner says which files are applied in the maker’s name', async () => {
  const system = { user: 'system:server' };
  const { store } = engine;
  await store.create(NamespaceKind, { metadata: { name: 'shop' } }, system);
  const members = [
    { user: 'olga', role: 'owner' },
    { user: 'dan', role: 'developer' },
  ];
  await store.create(TeamKind, { metadata: { name: 'shop' }, spec: { members } }, system);
  const guarded = withGuardedSources(store);
  const source = (name: string) => ({ namespace: 'shop', name });
  const made = (name: string, user: string) =>
    guarded.create(
      SourceKind,
      { metadata: source(name), spec: { url: 'https://example.com/a.git' } },
      { user },
    );
  const change = (name: string, spec: object, user: string, onBehalfOf?: string) =>
    guarded.mutate(SourceKind, source(name), one => ({ ...one, spec: { ...one.spec, ...spec } }), {
      user,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    });
  await made('of-olga', 'olga');
  await made('of-dan', 'dan');
  for (const spec of [
    { url: 'https://example.com/evil.git' },
    { branch: 'evil' },
    { folder: 'evil' },
    { url: undefined, service: 'of-olga' },
  ]) {
    await assert.rejects(change('of-olga', spec, 'dan'), {
      code: 'Forbidden',
      message:
        'the files of the source of-olga are applied in the name of olga, so olga or an owner of team shop says which',
    });
    await assert.rejects(change('of-olga', spec, 'automation:git', 'dan'), { code: 'Forbidden' });
  }
  await change('of-olga', { interval: '5m' }, 'dan');
  await change('of-olga', { branch: 'next' }, 'olga');
  await change('of-dan', { branch: 'next' }, 'dan');
  await change('of-dan', { branch: 'other' }, 'olga');
});
