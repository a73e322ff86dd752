import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindId, PlatformError, ServiceKind } from '@causeway/model';
import type { StoredObject } from '../database/database.ts';
import { Cache } from './cache.ts';

const kind = kindId(ServiceKind);

const stored = (name: string, uid: string, version: number): StoredObject => ({
  kind,
  namespace: 'shop',
  name,
  data: JSON.stringify({
    metadata: { name, namespace: 'shop', uid, resourceVersion: String(version) },
    spec: {},
  }),
});

const tooOld = async (): Promise<never> => {
  throw new PlatformError('Expired', 'not kept any more');
};

test('[ENG16] when changes were missed, an object that was replaced by another of its name is told as deleted', async () => {
  let state = {
    revision: 3,
    objects: [stored('same', 'u1', 1), stored('changed', 'u2', 2), stored('replaced', 'u3', 3)],
  };
  const database = { load: async () => state };
  const cache = new Cache([ServiceKind]);
  await cache.load(database as never);
  const told: string[] = [];
  cache.subscribe(({ type, object, before }) =>
    told.push(`${type} ${object.metadata.name} ${object.metadata.uid}, before ${before?.metadata.uid}`),
  );
  state = {
    revision: 9,
    objects: [stored('same', 'u1', 1), stored('changed', 'u2', 5), stored('replaced', 'u4', 7)],
  };
  await cache.catchUp({ changesAfter: tooOld }, database);
  assert.deepEqual(told, [
    'MODIFIED changed u2, before u2',
    'DELETED replaced u3, before u3',
    'ADDED replaced u4, before undefined',
  ]);
  assert.equal(cache.get(kind, { namespace: 'shop', name: 'replaced' })?.metadata.uid, 'u4');
});
