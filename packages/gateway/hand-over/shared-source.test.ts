import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualSource } from '../testing/manual-source.ts';
import { SharedSource } from './shared-source.ts';

const at = (observedGeneration: number, ...draining: string[]) => ({ observedGeneration, draining });

test('alone it passes everything on', () => {
  const inner = new ManualSource();
  const source = new SharedSource(inner, false);
  source.acknowledge('a/b', at(1, 'x'));
  source.firstRequest('a/b', 'r.1', 'now');
  assert.deepEqual(inner.acknowledged, [{ key: 'a/b', acknowledgement: at(1, 'x') }]);
  assert.equal(inner.first.length, 1);
});

test('the new process is silent until it serves, then speaks for both', () => {
  const inner = new ManualSource();
  const source = new SharedSource(inner, true);
  source.acknowledge('a/b', at(3));
  assert.deepEqual(inner.acknowledged, []);
  source.release([['a/b', at(2, 'old')]]);
  // The old process still sends requests by generation 2.
  assert.deepEqual(inner.last, at(2, 'old'));
  source.predecessorSays('a/b', at(3, 'older', 'old'));
  assert.deepEqual(inner.last, at(3, 'old', 'older'));
  source.acknowledge('a/b', at(3, 'mine'));
  assert.deepEqual(inner.last, at(3, 'mine', 'old', 'older'));
  source.predecessorGone();
  assert.deepEqual(inner.last, at(3, 'mine'));
});

test('the old process speaks to its successor, and to the server again if that fails', () => {
  const inner = new ManualSource();
  const source = new SharedSource(inner, false);
  source.acknowledge('a/b', at(1));
  const told: unknown[] = [];
  const state = source.handTo({
    acknowledge: (key, acknowledgement) => told.push([key, acknowledgement]),
    firstRequest: (key, release) => told.push([key, release]),
    waiting: (key, since) => told.push([key, 'waiting', since]),
    used: (key, at) => told.push([key, 'used', at]),
  });
  assert.deepEqual(state, [['a/b', at(1)]]);
  source.acknowledge('a/b', at(2));
  source.firstRequest('a/b', 'r.2', 'now');
  source.waiting('a/b', 'now');
  source.used('a/b', 'now');
  assert.deepEqual(told, [
    ['a/b', at(2)],
    ['a/b', 'r.2'],
    ['a/b', 'waiting', 'now'],
    ['a/b', 'used', 'now'],
  ]);
  assert.equal(inner.acknowledged.length, 1);
  source.takeBack();
  assert.deepEqual(inner.last, at(2));
});
