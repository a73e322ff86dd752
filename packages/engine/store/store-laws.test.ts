import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, type KindObject, NamespaceKind, ServiceKind } from '@causeway/model';
import { holds, testDatabase } from '@causeway/testkit';
import fc from 'fast-check';
import { type Engine, openEngine } from '../engine.ts';
import { openDatabase } from '../sql/open-database.ts';
import { samePlain } from './plain.ts';

const actor = { user: 'system:server' };

/** One thing that somebody does to an object. `stale` says that it is computed from an older version. */
type Step =
  | { do: 'spec'; description: string; stale: boolean }
  | { do: 'labels'; labels: Record<string, string> }
  | { do: 'status'; url: string }
  | { do: 'finalizers'; finalizers: string[] }
  | { do: 'delete' };

const few = fc.constantFrom('a', 'b', 'c');
const plain = <T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
const step: fc.Arbitrary<Step> = fc.oneof(
  plain({ do: fc.constant('spec' as const), description: few, stale: fc.boolean() }),
  plain({
    do: fc.constant('labels' as const),
    labels: fc.dictionary(fc.constantFrom('constructor', 'x'), few, { noNullPrototype: true }),
  }),
  plain({ do: fc.constant('status' as const), url: few }),
  plain({
    do: fc.constant('finalizers' as const),
    finalizers: fc.uniqueArray(fc.constantFrom('causeway.dev/a', 'causeway.dev/b')),
  }),
  plain({ do: fc.constant('delete' as const) }),
);

describe('laws of objects', () => {
  let engine: Engine;
  let close: () => Promise<void>;
  let round = 0;
  before(async () => {
    const database = await testDatabase();
    engine = await openEngine({
      database: openDatabase(database.connectionString),
      kinds: [NamespaceKind, ServiceKind],
      log: () => {},
    });
    close = async () => {
      await engine.close();
      await database.close();
    };
    await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, actor);
  });
  after(() => close());

  /** What a step makes of an object, by the store. */
  const taken = (one: Step, key: { namespace: string; name: string }, first: KindObject) => {
    const { store } = engine;
    if (one.do === 'delete') return store.delete(ServiceKind, key, actor);
    return store.mutate(
      ServiceKind,
      key,
      current => {
        const { metadata } = current;
        switch (one.do) {
          case 'spec':
            return {
              ...current,
              metadata: {
                ...metadata,
                resourceVersion: (one.stale ? first : current).metadata.resourceVersion,
              },
              spec: { ...current.spec, description: one.description },
            };
          case 'labels':
            return { ...current, metadata: { ...metadata, labels: one.labels } };
          case 'finalizers':
            return { ...current, metadata: { ...metadata, finalizers: one.finalizers } };
          default:
            return { ...current, status: { url: one.url } };
        }
      },
      actor,
      one.do === 'status' ? { subresource: 'status' } : {},
    );
  };

  test('the generation grows with the spec alone, the version with every change and nothing else; no stale change is taken [ENG2]', async () => {
    await holds(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
        const { store } = engine;
        const key = { namespace: 'shop', name: `s${round++}` };
        const first = await store.create(ServiceKind, { metadata: key, spec: { description: 'a' } }, actor);
        assert.equal(first.metadata.generation, 1);
        let now: KindObject = first;
        for (const one of steps) {
          const [version, generation] = [now.metadata.resourceVersion, now.metadata.generation];
          const deleting = now.metadata.deletionTimestamp !== undefined;
          let next: KindObject;
          try {
            next = await taken(one, key, first);
          } catch (error) {
            if (one.do === 'spec' && one.stale) {
              assert.ok(isPlatformError(error, 'Conflict'), String(error));
              assert.notEqual(version, first.metadata.resourceVersion);
            } else {
              assert.ok(
                deleting && one.do === 'finalizers' && isPlatformError(error, 'Invalid'),
                String(error),
              );
            }
            assert.deepEqual(await store.get(ServiceKind, key), now, 'what is refused changes nothing');
            continue;
          }
          if (one.do === 'spec' && one.stale) assert.equal(version, first.metadata.resourceVersion);
          const finalizers = now.metadata.finalizers ?? [];
          const gone =
            (one.do === 'delete' && finalizers.length === 0) ||
            (deleting && one.do === 'finalizers' && one.finalizers.length === 0);
          if (gone) {
            assert.equal(store.peek(ServiceKind, key), undefined);
            return;
          }
          const changed = !samePlain(
            { ...next, metadata: { ...next.metadata, resourceVersion: '', managedFields: [] } },
            { ...now, metadata: { ...now.metadata, resourceVersion: '', managedFields: [] } },
          );
          assert.equal(Number(next.metadata.resourceVersion) > Number(version), changed, JSON.stringify(one));
          if (!changed) assert.equal(next.metadata.resourceVersion, version);
          const marked = one.do === 'delete' && !deleting;
          const grew = !samePlain(next.spec, now.spec) || marked;
          assert.equal(next.metadata.generation, generation + (grew ? 1 : 0), JSON.stringify(one));
          assert.equal(next.metadata.uid, first.metadata.uid);
          assert.equal(next.metadata.creationTimestamp, first.metadata.creationTimestamp);
          if (one.do !== 'status')
            assert.ok(samePlain(next.status, now.status), 'only a status changes a status');
          assert.deepEqual(await store.get(ServiceKind, key), next);
          now = next;
        }
      }),
      60,
    );
  });

  test('pages together are the list at one version, each object once and in order, whatever is written meanwhile [ENG12]', async () => {
    const { store } = engine;
    const names = Array.from({ length: 23 }, (_, index) => `page-${index % 7}-${index}`);
    await Promise.all(
      names.map((name, index) =>
        store.create(
          ServiceKind,
          { metadata: { name, namespace: 'shop', labels: { odd: `${index % 2}` } } },
          actor,
        ),
      ),
    );
    await holds(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(undefined, 'odd=1', 'odd notin (0)', '!odd'),
        fc.array(fc.integer({ min: 0, max: names.length - 1 }), { maxLength: 4 }),
        async (limit, labelSelector, touched) => {
          const selection = { namespace: 'shop', ...(labelSelector ? { labelSelector } : {}) };
          const whole = await store.list(ServiceKind, selection);
          const found: KindObject[] = [];
          let next: string | undefined;
          let version: string | undefined;
          do {
            const page = await store.list(ServiceKind, {
              ...selection,
              limit,
              ...(next ? { continue: next } : {}),
            });
            assert.ok(page.items.length <= limit);
            version ??= page.resourceVersion;
            assert.equal(page.resourceVersion, version);
            found.push(...page.items);
            next = page.continue;
            for (const index of touched)
              await store.mutate(
                ServiceKind,
                { namespace: 'shop', name: names[index] as string },
                current => ({ ...current, spec: { ...current.spec, description: `${round++}` } }),
                actor,
              );
          } while (next);
          assert.deepEqual(found, [...whole.items]);
        },
      ),
      60,
    );
  });
});
