import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectOf } from '../policy-testing/subject.ts';
import { subjectOfTexts, textsOf } from './subject-texts.ts';

test('a subject is the same behind its texts, with and without what was before', () => {
  for (const subject of [
    subjectOf({ kind: 'Pod', spec: { text: 'é "1"' } }),
    subjectOf({ kind: 'Pod' }, { old: { kind: 'Service' }, operation: 'UPDATE', team: 'shop' }),
  ]) {
    const texts = textsOf(subject);
    const { object, old, request } = subjectOfTexts(texts);
    assert.deepEqual({ object, ...(old ? { old } : {}), request }, subject);
    assert.equal(textsOf(subjectOfTexts(texts)), texts);
  }
});

test('what JSON does not hold has no texts', () => {
  const circle: Record<string, unknown> = {};
  circle.again = circle;
  assert.throws(() => textsOf(subjectOf(circle)), TypeError);
});
