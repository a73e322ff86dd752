import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fits, subjectOfCase } from './run-cases.ts';

test('each expected part needs a message of its own, and none may be left over', () => {
  for (const [expected, messages, passes] of [
    [[], [], true],
    [[], ['x'], false],
    [['a'], [], false],
    [['root'], ['may run as root'], true],
    [['a', 'a'], ['a'], false],
    [['a'], ['a', 'a'], false],
    // The first part fits both; only the other way round does each get one.
    [['a', 'ab'], ['ab', 'a'], true],
    [['a', 'b'], ['b', 'a'], true],
    [['a', 'b'], ['ab', 'c'], false],
    [[...'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaz'], [...'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'], false],
  ] as const)
    assert.equal(fits(expected, messages), passes, `${expected} / ${messages}`);
});

test('the order of messages and of what is expected does not matter', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', 'abc'), { maxLength: 5 });
  fc.assert(
    fc.property(texts, texts, (expected, messages) => {
      const result = fits(expected, messages);
      assert.equal(fits(expected.toReversed(), messages), result);
      assert.equal(fits(expected, messages.toReversed()), result);
    }),
  );
});

test('a case that says nothing about its request is always the same one', () => {
  const subject = subjectOfCase({ name: 'x', object: { kind: 'A' }, expect: 'allow' });
  assert.deepEqual(subject, {
    object: { kind: 'A' },
    request: {
      operation: 'CREATE',
      place: 'admission',
      user: 'ada',
      actor: 'person',
      time: '2026-01-01T00:00:00Z',
    },
  });
  const changed = subjectOfCase({
    name: 'x',
    object: {},
    old: {},
    request: { actor: 'agent', context: { teams: ['a'] } },
    expect: 'allow',
  });
  assert.equal(changed.request.operation, 'UPDATE');
  assert.equal(changed.request.actor, 'agent');
  assert.deepEqual(changed.request.context, { teams: ['a'] });
});
