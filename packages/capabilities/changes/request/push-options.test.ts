import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOptionProblems, changeOptions } from './push-options.ts';

const feature = [{ ref: 'refs/heads/feature', after: 'a'.repeat(40) }];
const problems = (options: string[], updates: { ref: string; after: string | undefined }[] = feature) =>
  changeOptionProblems({ options, updates }, 'main')[0];

test('[CHG8] options of a push say what a change request is about', () => {
  assert.equal(changeOptions(['no-wait', 'ci.skip']), undefined);
  assert.deepEqual(changeOptions(['change']), {});
  assert.deepEqual(changeOptions(['change', 'change.title=a=b', 'change.target=next']), {
    title: 'a=b',
    target: 'next',
  });
  assert.deepEqual(changeOptions(['change.description=']), { description: '' });
  for (const fine of [
    ['no-wait'],
    ['ci.skip', 'topic=x'],
    ['change'],
    ['change.title=ü <b>$(x)'],
    ['change', 'change.target=next'],
  ])
    assert.equal(problems(fine), undefined, fine.join());
});

test('what cannot be is refused before the push is taken', () => {
  for (const [options, said] of [
    [['change.titel=x'], /There is no push option "change.titel". Did you mean change.title\?/],
    [['change.'], /There is no push option/],
    [['chang'], /There is no push option "chang". Did you mean change\?/],
    [['chnage.title=x'], /Did you mean change.title\?/],
    [['change.__proto__=x'], /There is no push option/],
    [['change.constructor=x'], /There is no push option/],
    [['change=yes'], /change takes no value/],
    [['change.title'], /needs a value: -o "change.title=…"/],
    [['change.title='], /must say something/],
    [['change', 'change.title=\u001b[2J'], /one line without control characters/],
    [[`change.title=${'x'.repeat(301)}`], /is not taken/],
    [['change.target='], /must name a branch/],
    [[`change.${'x'.repeat(5000)}`], /There is no push option/],
  ] as const)
    assert.match(problems([...options]) ?? '', said);
  for (const updates of [
    [],
    [{ ref: 'refs/heads/main', after: 'a'.repeat(40) }],
    [{ ref: 'refs/tags/v1', after: 'a'.repeat(40) }],
    [{ ref: 'refs/heads/feature', after: undefined }],
  ])
    assert.match(problems(['change'], updates) ?? '', /to main, and this push brings no other branch/);
  assert.equal(
    problems(['change', 'change.target=next'], [{ ref: 'refs/heads/main', after: 'a'.repeat(40) }]),
    undefined,
  );
});
