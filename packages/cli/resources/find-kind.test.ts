import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestNames, editDistance, kinds, PlatformError } from '@causeway/model';
import { findKind, parseTargets } from './find-kind.ts';

test('a kind is found by each of its names, in any case', () => {
  for (const word of ['services', 'service', 'svc', 'Service', 'SERVICES', 'services.causeway.dev'])
    assert.equal(findKind(word).kind, 'Service');
  assert.equal(findKind('ns').kind, 'Namespace');
  for (const kind of kinds) assert.equal(findKind(kind.plural), kind);
});

test('an unknown kind says what was probably meant', () => {
  const refusal = (word: string): PlatformError => {
    try {
      findKind(word);
    } catch (error) {
      if (error instanceof PlatformError) return error;
    }
    throw new Error(`${word} was found`);
  };
  assert.deepEqual(refusal('servces').evidence, ['did you mean services?']);
  assert.deepEqual(refusal('relase').evidence, ['did you mean release?']);
  assert.deepEqual(refusal('pods').evidence, []);
  assert.deepEqual(refusal('__proto__').evidence, []);
  assert.equal(refusal('servces').code, 'Usage');
});

test('targets are a kind and names, or KIND/NAME', () => {
  const texts = (kind: string, ...names: string[]): string[] =>
    parseTargets(kind, names).targets.map(target => `${target.kind.singular} ${target.name}`);
  assert.deepEqual(texts('svc', 'a', 'b'), ['service a', 'service b']);
  assert.deepEqual(texts('svc/a', 'build/a.1'), ['service a', 'build a.1']);
  assert.deepEqual(texts('svc'), []);
  assert.throws(() => texts('svc/a', 'b'), /is not KIND\/NAME/);
  assert.throws(() => texts('svc/a/b'), /is not KIND\/NAME/);
});

test('the distance counts a swap of neighbours once', () => {
  assert.equal(editDistance('serivce', 'service'), 1);
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('same', 'same'), 0);
  assert.deepEqual(closestNames('depl', ['deploy', 'down']), ['deploy']);
  assert.deepEqual(closestNames('x'.repeat(1000), ['deploy']), []);
});
