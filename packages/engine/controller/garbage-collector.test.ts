import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  isPlatformError,
  kinds,
  NamespaceKind,
  type OwnerReference,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { testDatabase, until } from '@causeway/testkit';
import { type DeleteOptions, type Engine, openDatabase, openEngine } from '../index.ts';

describe('[ENG14] what becomes of those that belong to what is deleted', () => {
  const actor = { user: 'alice' };
  const key = (name: string) => ({ namespace: 'shop', name });
  let close: () => Promise<void>;
  let engine: Engine;
  before(async () => {
    const throwAway = await testDatabase();
    engine = await openEngine({
      database: openDatabase(throwAway.connectionString),
      kinds,
      log: console.error,
    });
    await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, { user: 'system:server' });
    close = async () => {
      await engine.close();
      await throwAway.close();
    };
  });
  after(() => close());

  const make = (
    name: string,
    owners: Service[] = [],
    metadata: { finalizers?: string[] } = {},
    block = true,
  ) =>
    engine.store.create(
      ServiceKind,
      {
        metadata: {
          ...key(name),
          ...metadata,
          ownerReferences: owners.map(
            (owner): OwnerReference => ({
              apiVersion: owner.apiVersion,
              kind: owner.kind,
              name: owner.metadata.name,
              uid: owner.metadata.uid,
              ...(block ? { blockOwnerDeletion: true } : {}),
            }),
          ),
        },
      },
      actor,
    );
  const drop = (name: string, propagation: DeleteOptions['propagation']) =>
    engine.store.delete(ServiceKind, key(name), actor, propagation ? { propagation } : {});
  const find = (name: string) => engine.store.peek(ServiceKind, key(name));
  const release = (name: string) =>
    engine.store.mutate(
      ServiceKind,
      key(name),
      current => ({ ...current, metadata: { ...current.metadata, finalizers: [] } }),
      actor,
    );

  test('Background: the owner goes at once, then they', async () => {
    await make('b-child', [await make('b-owner')]);
    await drop('b-owner', 'Background');
    assert.equal(find('b-owner'), undefined);
    await until('the child to go', () => !find('b-child'));
  });

  test('Foreground: the owner waits for all that block it, down to the last', async () => {
    const owner = await make('f-owner');
    const child = await make('f-child', [owner]);
    await make('f-grandchild', [child], { finalizers: ['test.dev/hold'] });
    await make('f-free', [owner], {}, false);
    const marked = await drop('f-owner', 'Foreground');
    assert.deepEqual(marked.metadata.finalizers, ['foregroundDeletion']);
    assert.ok(marked.metadata.deletionTimestamp);
    await until(
      'the grandchild to be asked',
      () => find('f-grandchild')?.metadata.deletionTimestamp !== undefined,
    );
    assert.deepEqual(find('f-child')?.metadata.finalizers, ['foregroundDeletion']);
    assert.ok(find('f-owner') && find('f-free'));
    assert.equal(find('f-free')?.metadata.deletionTimestamp, undefined, 'what does not block waits its turn');
    await release('f-grandchild');
    await until('all to go', () => !find('f-owner') && !find('f-child') && !find('f-free'));
  });

  test('Foreground: what has another owner that stays is cut loose', async () => {
    const [one, two] = [await make('s-one'), await make('s-two')];
    await make('s-child', [one, two]);
    await drop('s-one', 'Foreground');
    await until('the owner to go', () => !find('s-one'));
    assert.deepEqual(
      find('s-child')?.metadata.ownerReferences?.map(({ name }) => name),
      ['s-two'],
    );
  });

  test('Orphan: they stay, and have no owner any more', async () => {
    await make('o-child', [await make('o-owner')]);
    await drop('o-owner', 'Orphan');
    await until('the owner to go', () => !find('o-owner'));
    assert.equal(find('o-child')?.metadata.ownerReferences, undefined);
  });

  test('an owner without any goes at once in every way', async () => {
    for (const way of ['Foreground', 'Orphan'] as const) {
      await make('alone');
      await drop('alone', way);
      await until(`${way} to end`, () => !find('alone'));
    }
  });

  test('a second deletion may choose another way; the same again changes nothing', async () => {
    await make('w-child', [await make('w-owner', [], { finalizers: ['test.dev/hold'] })], {
      finalizers: ['test.dev/hold'],
    });
    const first = await drop('w-owner', 'Foreground');
    assert.deepEqual(first.metadata.finalizers, ['test.dev/hold', 'foregroundDeletion']);
    assert.equal(
      (await drop('w-owner', 'Foreground')).metadata.deletionTimestamp,
      first.metadata.deletionTimestamp,
    );
    const second = await drop('w-owner', 'Background');
    assert.deepEqual(second.metadata.finalizers, ['test.dev/hold']);
    await release('w-owner');
    await until('the owner to go', () => !find('w-owner'));
    await until('the child to be asked', () => find('w-child')?.metadata.deletionTimestamp !== undefined);
    await release('w-child');
    await assert.rejects(engine.store.get(ServiceKind, key('w-child')), error =>
      isPlatformError(error, 'NotFound'),
    );
  });
});
