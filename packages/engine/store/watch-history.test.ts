import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, kinds, NamespaceKind, ServiceKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { until } from '@causeway/testkit/until';
import { type Change, type Engine, openDatabase, openEngine, type WatchOptions } from '../index.ts';
import { Connection } from '../sql/connection.ts';
import { Cache } from './cache.ts';

const alice = { user: 'alice', from: 'test' };

describe('watches of what is past', () => {
  let engine: Engine;
  let connectionString: string;
  let sql: Connection;
  let close: () => Promise<void>;
  const open = () => openEngine({ database: openDatabase(connectionString), kinds, log: console.error });
  before(async () => {
    const database = await testDatabase();
    ({ connectionString } = database);
    sql = new Connection(connectionString, 'test');
    engine = await open();
    await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, alice);
    close = async () => {
      await engine.close();
      await sql.close();
      await database.close();
    };
  });
  after(() => close());

  const create = (name: string, labels: Record<string, string> = {}, by = engine) =>
    by.store.create(ServiceKind, { metadata: { name, namespace: 'shop', labels } }, alice);
  const label = (name: string, labels: Record<string, string>, by = engine) =>
    by.store.mutate(
      ServiceKind,
      { namespace: 'shop', name },
      one => ({ ...one, metadata: { ...one.metadata, labels } }),
      alice,
    );
  const remove = (name: string, by = engine) =>
    by.store.delete(ServiceKind, { namespace: 'shop', name }, alice);

  /** The next so many events of a watch. */
  const take = async (from: Engine, enough: number, options: Omit<WatchOptions, 'signal'>) => {
    const seen: string[] = [];
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(180_000)]);
    await from.store.watch(ServiceKind, { ...options, signal })(({ type, object }) => {
      seen.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}`);
      if (seen.length === enough) left.abort();
    });
    if (seen.length < enough) throw new Error(`the watch ended after ${seen.join(', ')}`);
    return seen;
  };
  const head = async () => (await engine.store.list(ServiceKind)).resourceVersion;
  /** Without it compaction keeps what is not a minute old. */
  const age = () => sql.query("UPDATE history SET at = at - interval '1 hour'");

  test('[PAST2] a watch resumes from before the restart of a server, seamlessly, also through a selector', async () => {
    const resourceVersion = await head();
    await Promise.all(Array.from({ length: 1200 }, (_, index) => create(`r${index}`, { tier: 'gold' })));
    await label('r7', { tier: 'lead' });
    await label('r7', { tier: 'gold' });
    await remove('r8');
    const expected = await take(engine, 1203, { resourceVersion });
    const selected = await take(engine, 1203, { resourceVersion, labelSelector: 'tier=gold' });
    assert.match(selected[1200] ?? '', /^DELETED r7@/);
    assert.match(selected[1201] ?? '', /^ADDED r7@/);
    const second = await open();
    try {
      const reading = take(second, 1205, { resourceVersion });
      const selecting = take(second, 1204, { resourceVersion, labelSelector: 'tier=gold' });
      await create('late', { tier: 'gold' }, second);
      await create('later', {}, engine);
      assert.deepEqual((await reading).slice(0, 1203), expected);
      assert.deepEqual(
        (await reading).slice(1203).map(event => event.split('@')[0]),
        ['ADDED late', 'ADDED later'],
      );
      assert.deepEqual((await selecting).slice(0, 1203), selected);
      const middle = expected[600]?.split('@')[1] ?? '';
      assert.deepEqual(await take(second, 602, { resourceVersion: middle }), expected.slice(601));
    } finally {
      await second.close();
    }
  });

  test('[PAST2] below what is kept a watch is Expired, above it goes on', async () => {
    const early = await head();
    await create('c1', { kept: 'yes' });
    await age();
    const floor = await engine.compact();
    await label('c1', { kept: 'no' });
    await label('c1', { kept: 'yes' });
    const second = await open();
    try {
      await assert.rejects(take(second, 1, { resourceVersion: early }), error => {
        assert.ok(isPlatformError(error, 'Expired'));
        assert.equal(error.message, `too old resource version: ${early} (${floor})`);
        return true;
      });
      const events = await take(second, 2, { resourceVersion: String(floor), labelSelector: 'kept=yes' });
      assert.deepEqual(
        events.map(event => event.split('@')[0]),
        ['DELETED c1', 'ADDED c1'],
        'what it replaced is kept, so that a selector can tell',
      );
      assert.equal(await second.compact(1), floor, 'the floor never falls');
      const [rows] = await sql.query('SELECT count(*) AS n FROM history h WHERE rv <= $1', [floor]);
      const [objects] = await sql.query('SELECT count(*) AS n FROM object');
      assert.ok(
        Number(rows?.n) <= Number(objects?.n) + 1,
        'one entry of each object at most is kept below the floor',
      );
    } finally {
      await second.close();
    }
  });

  test('[PAST2] what an earlier version dropped without noting it is Expired too, and so is all after a restore', async () => {
    const early = await head();
    await create('o1');
    await create('o2');
    await sql.query('DELETE FROM history WHERE rv <= $1', [Number(early) + 1]);
    const second = await open();
    try {
      await assert.rejects(take(second, 1, { resourceVersion: early }), { code: 'Expired' });
      await sql.query('DELETE FROM history');
      await assert.rejects(take(second, 1, { resourceVersion: early }), { code: 'Expired' });
      const newest = (await second.store.list(ServiceKind)).resourceVersion;
      const watching = take(second, 1, { resourceVersion: newest });
      await create('o3', {}, second);
      assert.deepEqual((await watching)[0]?.split('@')[0], 'ADDED o3');
    } finally {
      await second.close();
    }
  });

  test('[ENG7] a cache that finds the history gone loads everything, tells the differences, and ends its watches', async () => {
    await create('same');
    await create('changed');
    await create('gone');
    const database = openDatabase(connectionString);
    const cache = new Cache([]);
    await cache.load(database);
    const heard: Change[] = [];
    cache.subscribe(change => heard.push(change));
    const position = cache.kind('services.causeway.dev').log.end;
    await label('changed', { a: 'b' });
    await remove('gone');
    await create('new');
    await age();
    await engine.compact();
    try {
      await cache.catchUp(database, database);
      assert.deepEqual(
        heard.map(({ type, object }) => `${type} ${object.metadata.name}`),
        ['MODIFIED changed', 'ADDED new', 'DELETED gone'],
      );
      assert.equal(heard[0]?.before?.metadata.labels, undefined);
      assert.deepEqual(heard[0]?.object.metadata.labels, { a: 'b' });
      assert.equal(cache.revision, Number(await head()));
      const { objects, log, keys } = cache.kind('services.causeway.dev');
      assert.deepEqual([objects.has('shop/gone'), objects.has('shop/new')], [false, true]);
      assert.deepEqual(keys, [...objects.keys()].sort());
      assert.throws(() => log.at(position), { code: 'Expired' });
      assert.equal(log.at(log.end), undefined);
    } finally {
      await database.close();
    }
  });

  test('[ENG4] a watch that asks for the present state and then resumes sees nothing twice', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const watch = engine.store.watch(ServiceKind, {
      sendInitialEvents: true,
      bookmarks: true,
      labelSelector: 'once',
      signal: controller.signal,
    });
    await watch(async ({ type, object }) => {
      seen.push(`${type} ${object.metadata.name ?? ''}`);
      if (type === 'BOOKMARK') await create('once-2', { once: '' });
      if (object.metadata.name === 'once-2') controller.abort();
    });
    assert.deepEqual(seen, ['BOOKMARK ', 'ADDED once-2']);
  });

  test('[ENG4] [PAST3] whoever takes an event at leisure gets the next one then, and holds nobody up', async () => {
    const resourceVersion = await head();
    const left = new AbortController();
    const slow: string[] = [];
    let done = () => {};
    const watching = engine.store.watch(ServiceKind, { resourceVersion, signal: left.signal })(event => {
      slow.push(event.object.metadata.name);
      return new Promise<void>(resolve => {
        done = resolve;
      });
    });
    const quick = take(engine, 3, { resourceVersion });
    for (const name of ['leisure-1', 'leisure-2', 'leisure-3']) await create(name);
    const names = (await quick).map(event => event.split(/[ @]/)[1] ?? '');
    assert.deepEqual(names, ['leisure-1', 'leisure-2', 'leisure-3']);
    for (const [index] of names.entries()) {
      await until('the next event', () => slow.length > index);
      assert.deepEqual(slow, names.slice(0, index + 1));
      done();
    }
    const failing = engine.store.watch(ServiceKind, { resourceVersion, signal: left.signal })(() => {
      throw new Error('the taker failed');
    });
    await assert.rejects(failing, /the taker failed/);
    left.abort();
    await watching;
  });

  test('a watch from a version that is not there yet begins after it', async () => {
    const from = String(Number(await head()) + 2);
    const watching = take(engine, 1, { resourceVersion: from });
    await create('f1');
    await create('f2');
    await create('f3');
    assert.deepEqual((await watching)[0]?.split('@')[0], 'ADDED f3');
  });
});
