import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kinds, type ManagedFieldsEntry, NamespaceKind, ServiceKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { type Database, type Engine, openDatabase, openEngine } from '../index.ts';
import { sharedFields } from './shared-fields.ts';

const entry = (manager: string, time: string): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'causeway.dev/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
});

describe('who manages which fields', () => {
  const actor = { user: 'alice' };
  const key = { namespace: 'shop', name: 'web' };
  let close: () => Promise<void>;
  let engine: Engine;
  let database: Database;
  before(async () => {
    const throwAway = await testDatabase();
    database = openDatabase(throwAway.connectionString);
    engine = await openEngine({ database, kinds, log: () => {} });
    await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, { user: 'system:server' });
    close = async () => {
      await engine.close();
      await throwAway.close();
    };
  });
  after(() => close());

  test('is written only by whoever says so, and kept by everyone else', async () => {
    const { store } = engine;
    const made = await store.create(
      ServiceKind,
      { metadata: { ...key, managedFields: [entry('forged', '2026-01-01T00:00:00Z')] } },
      actor,
    );
    assert.equal(made.metadata.managedFields, undefined);
    const managed = await store.mutate(ServiceKind, key, current => current, actor, {
      manage: () => [entry('one', '2026-01-01T00:00:00Z')],
    });
    assert.equal(managed.metadata.generation, 1, 'the spec has not changed');
    const later = await store.mutate(ServiceKind, key, current => current, actor, {
      manage: () => [entry('one', '2026-01-02T00:00:00Z')],
    });
    assert.equal(
      later.metadata.resourceVersion,
      managed.metadata.resourceVersion,
      'a time alone is no change',
    );
    const changed = await store.mutate(
      ServiceKind,
      key,
      current => ({
        ...current,
        spec: { ...current.spec, replicas: 3 },
        metadata: { ...current.metadata, managedFields: [] },
      }),
      actor,
    );
    assert.deepEqual(changed.metadata.managedFields, managed.metadata.managedFields);
    const status = await store.mutate(
      ServiceKind,
      key,
      current => ({ ...current, status: { phase: 'Running' as const } }),
      actor,
      { subresource: 'status' },
    );
    assert.deepEqual(status.metadata.managedFields, managed.metadata.managedFields);
  });

  test('[ENG8] is in no audit record', async () => {
    const records = await database.readAudit(0, 1000);
    assert.ok(records.length >= 3);
    assert.ok(records.some(({ record }) => record.includes('"replicas":3')));
    assert.ok(!records.some(({ record }) => /managedFields|fieldsV1|"f:/.test(record)));
  });

  test('equal sets are one object, whatever the order of their names', () => {
    const one = sharedFields({ 'f:b': {}, 'f:a': { '.': {}, 'f:c': {} } });
    assert.equal(sharedFields({ 'f:a': { 'f:c': {}, '.': {} }, 'f:b': {} }), one);
    assert.equal(JSON.stringify(one), '{"f:a":{".":{},"f:c":{}},"f:b":{}}');
    assert.ok(Object.isFrozen(one['f:a']));
  });
});
