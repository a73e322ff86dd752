import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KindObject, ServiceKind } from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { KindCache } from './kind-cache.ts';
import { listPage } from './list-page.ts';
import { parseSelectors } from './selectors.ts';

const value = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e');
const label = fc.constantFrom('app', 'tier', 'constructor', 'x', 'y', 'z');
const labels = fc.dictionary(label, value, { maxKeys: 3, noNullPrototype: true });
const selector = fc
  .array(
    fc.oneof(
      fc.tuple(label, value).map(([key, one]) => `${key}=${one}`),
      fc.tuple(label, fc.uniqueArray(value, { minLength: 1 })).map(([key, all]) => `${key} in (${all})`),
      fc.tuple(label, value).map(([key, one]) => `${key}!=${one}`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map(parts => parts.join(','));

/** An object comes, changes or goes, and somebody selects. */
const step = fc.record({
  name: fc.nat(40).map(number => `s${number}`),
  labels: fc.option(labels, { nil: undefined, freq: 6 }),
  selector: fc.option(selector, { nil: undefined, freq: 3 }),
  limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});

const object = (name: string, given: Record<string, string>): KindObject =>
  ({ metadata: { name, namespace: 'shop', labels: given } }) as unknown as KindObject;

test('a list by label holds what a look at every object finds, whatever came and went before [SEL1]', async () => {
  await holds(
    fc.property(fc.array(step, { minLength: 30, maxLength: 120 }), steps => {
      const cache = new KindCache(0);
      for (const { name, labels: given, selector: labelSelector, limit } of steps) {
        cache.set(`shop/${name}`, given && object(name, given));
        if (labelSelector === undefined) continue;
        const { matches, labels: wanted } = parseSelectors(ServiceKind, { labelSelector });
        const all = listPage(cache, { matches });
        assert.deepEqual(listPage(cache, { matches, labels: wanted }), all, labelSelector);
        const page = listPage(cache, { matches, labels: wanted, limit });
        assert.deepEqual(page.items, all.items.slice(0, limit), labelSelector);
        if (page.next === undefined) continue;
        const rest = listPage(cache, { matches, labels: wanted, start: page.next });
        assert.deepEqual([...page.items, ...rest.items], all.items, labelSelector);
      }
    }),
    300,
  );
});

test('what few objects have is found without a look at the others', () => {
  const cache = new KindCache(0);
  for (let index = 0; index < 1000; index += 1)
    cache.set(`shop/s${index}`, object(`s${index}`, { group: `g${index % 100}`, app: 'web' }));
  let looks = 0;
  const { matches, labels: wanted } = parseSelectors(ServiceKind, { labelSelector: 'app=web,group=g7' });
  const counted = (one: KindObject): boolean => {
    looks += 1;
    return matches?.(one) ?? true;
  };
  assert.equal(listPage(cache, { matches: counted, labels: wanted }).items.length, 10);
  assert.equal(looks, 10);
});
