import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clonePlain, deepFreeze, samePlain } from '@causeway/engine';
import { isPlatformError } from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { applyJsonPatch, parseJsonPatch, parsePointer } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'constructor', 'toString', 'length', '0', '1', '-', '', 'a/b', '~1'),
  fc.string({ unit: 'binary', maxLength: 3 }).filter(text => text !== '__proto__'),
);
const value = fc.letrec(again => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 0, 1.5, '', 'x'),
    fc.array(again('any'), { maxLength: 4 }),
    fc.dictionary(name, again('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any;
const fields = fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true });

const pointerOf = (tokens: readonly string[]): string =>
  tokens.map(token => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The pointers of everything in a value. */
const placesIn = (inside: unknown, tokens: readonly string[] = []): string[] => [
  pointerOf(tokens),
  ...(typeof inside === 'object' && inside !== null
    ? Object.entries(inside).flatMap(([token, inner]) => placesIn(inner, [...tokens, token]))
    : []),
];

const operation = (pointer: fc.Arbitrary<string>) =>
  fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path: pointer,
      from: pointer,
      value,
    },
    { noNullPrototype: true },
  );

/** A document, and operations at places that it has or nearly has. */
const documentAndPatch = fields.chain(document => {
  const place = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...placesIn(document)) },
    fc.tuple(fc.constantFrom(...placesIn(document)), name).map(([at, token]) => at + pointerOf([token])),
  );
  return fc.tuple(fc.constant(document), fc.array(operation(place), { maxLength: 6 }));
});

const run = (document: unknown, patch: unknown): unknown => applyJsonPatch(document, parseJsonPatch(patch));
const after = (document: unknown, ...operations: object[]): unknown => run(document, operations);

/** RFC 6902 as slowly as it reads: each operation on a document of its own. */
const plainly = (document: unknown, patch: readonly object[]): unknown =>
  patch.reduce<unknown>((now, one) => clonePlain(run(clonePlain(now), [clonePlain(one)])), document);

const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    assert.ok(isPlatformError(error), String(error));
    assert.ok(error.entry.status < 500, error.code);
    return undefined;
  }
};

test('merge patch: applied twice is applied once, nothing else is changed, no null of the patch stays [PAT1]', async () => {
  await holds(
    fc.property(value, value, (target, patch) => {
      deepFreeze(target);
      deepFreeze(patch);
      const once = mergePatch(target, patch);
      assert.ok(samePlain(mergePatch(once, patch), once));
      if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
        assert.equal(once, patch);
        return;
      }
      const result = once as Record<string, unknown>;
      const before = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
      for (const [field, given] of Object.entries(patch))
        assert.equal(Object.hasOwn(result, field), given !== null);
      for (const [field, old] of Object.entries(before))
        if (!Object.hasOwn(patch, field)) assert.equal(result[field], old);
      for (const field of Object.keys(result))
        assert.ok(Object.hasOwn(patch, field) || Object.hasOwn(before, field));
    }),
    1000,
  );
});

test('JSON patch: many operations at once are the same as one after the other, and the document stays [PAT2]', async () => {
  await holds(
    fc.property(documentAndPatch, ([document, patch]) => {
      const text = JSON.stringify(document);
      const parsed = outcome(() => parseJsonPatch(patch));
      const together = outcome(() => run(deepFreeze(document), deepFreeze(patch)));
      const apart = outcome(() => parsed && plainly(document, patch));
      assert.ok(samePlain(together, apart), JSON.stringify([together, apart]));
      assert.equal(JSON.stringify(document), text);
      // A patch is applied again when somebody else was faster: it must not have changed.
      if (parsed)
        assert.ok(
          samePlain(
            outcome(() => run(document, patch)),
            together,
          ),
        );
      assert.deepEqual(Object.keys(Object.prototype), []);
    }),
    2000,
  );
});

test('JSON patch: what is there passes its test and can be taken away and put back; what is copied is there twice [PAT2]', async () => {
  await holds(
    fc.property(fields, fc.nat(), value, (document, index, other) => {
      const places = placesIn(document);
      const path = places[index % places.length] as string;
      const tokens = parsePointer(path) as string[];
      const found = tokens.reduce<unknown>((at, token) => (at as Record<string, unknown>)[token], document);
      assert.ok(samePlain(after(document, { op: 'test', path, value: found }), document));
      if (!samePlain(found, other))
        assert.throws(
          () => after(document, { op: 'test', path, value: other }),
          error => isPlatformError(error, 'Invalid'),
        );
      if (path === '') return;
      assert.ok(
        samePlain(after(document, { op: 'remove', path }, { op: 'add', path, value: found }), document),
      );
      assert.ok(
        samePlain(
          after(document, { op: 'replace', path, value: other }),
          after(document, { op: 'remove', path }, { op: 'add', path, value: other }),
        ),
      );
      assert.ok(
        samePlain(
          after(document, { op: 'move', from: path, path: '/new' }),
          after(document, { op: 'remove', path }, { op: 'add', path: '/new', value: found }),
        ),
      );
      const copied = after(
        document,
        { op: 'copy', from: path, path: '/new' },
        { op: 'test', path: '/new', value: found },
      );
      if (path !== '/new' && !path.startsWith('/new/'))
        assert.ok(
          samePlain(
            after(copied, { op: 'remove', path: '/new' }),
            after({ ...document, new: 0 }, { op: 'remove', path: '/new' }),
          ),
        );
    }),
    1000,
  );
});

test('JSON patch: a thousand operations on a large object are quick, and nesting without end is refused [PAT2]', () => {
  const large = Object.fromEntries(Array.from({ length: 80_000 }, (_, index) => [`a${index}`, 1]));
  const operations = Array.from({ length: 1000 }, (_, index) => ({
    op: 'add',
    path: `/b${index}`,
    value: 1,
  }));
  const begin = process.cpuUsage();
  after(large, ...operations);
  after({ spec: large }, ...operations.map(one => ({ ...one, path: `/spec${one.path}` })));
  after({}, ...operations.map(() => ({ op: 'test', path: '', value: {} })));
  // What the processor was busy with: others may have it, too.
  assert.ok(process.cpuUsage(begin).user < 1_500_000);
  const deep = Array.from({ length: 60 }).reduce<unknown>(inner => ({ a: inner }), {});
  const nested = Array.from({ length: 1000 }, () => ({
    op: 'copy',
    from: '/a',
    path: `/a${'/a'.repeat(60)}`,
  }));
  for (const patch of [nested, [{ op: 'add', path: '/a'.repeat(10_000), value: 1 }]])
    assert.throws(
      () => after({ a: deep }, ...patch),
      error => isPlatformError(error) && error.entry.status < 500,
    );
});
