import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completePolicy } from '@causeway/policy';
import { mergeShipped, settingsOf } from './merge-shipped.ts';

const shipped = (more: object = {}) =>
  completePolicy({
    why: 'old why',
    instead: 'old way',
    owner: 'platform',
    source: { inline: 'old text' },
    action: 'audit',
    match: { kinds: ['Deployment'] },
    parameters: { least: 2, names: ['a'] },
    tests: [{ name: 'one', object: {}, expect: 'allow' }],
    ...more,
  });

const old = shipped();
const next = shipped({
  why: 'new why',
  instead: 'new way',
  source: { inline: 'new text' },
  action: 'warn',
  match: { kinds: ['Deployment', 'Job'] },
  parameters: { least: 3, names: ['a', 'b'], most: 9 },
  tests: [{ name: 'two', object: {}, expect: 'allow' }],
});

describe('a policy of a new release', () => {
  test('[POL8] replaces one that nobody touched', () => {
    assert.deepEqual(mergeShipped(old, settingsOf(old), next), next);
  });

  test('[POL8] keeps each setting that people changed, and brings the rest', () => {
    const theirs = {
      action: 'deny' as const,
      owner: 'security',
      severity: 'critical' as const,
      match: { ...old.match, exceptTeams: ['legacy'] },
      onError: 'allow' as const,
      exceptions: { allowed: false, longest: '7d' },
    };
    const live = completePolicy({ ...old, ...theirs, parameters: { least: 5, names: ['a'] } });
    assert.deepEqual(mergeShipped(live, settingsOf(old), next), {
      ...next,
      ...theirs,
      parameters: { least: 5, names: ['a', 'b'], most: 9 },
    });
  });

  test('[POL8] its text is the platform’s: what people wrote into it goes', () => {
    const live = { ...old, why: 'their why', source: { inline: 'their text' } };
    const { why, source } = mergeShipped(live, settingsOf(old), next);
    assert.deepEqual({ why, source }, { why: 'new why', source: { inline: 'new text' } });
  });

  test('[POL8] a parameter that is gone goes, even when people had changed it', () => {
    const live = completePolicy({ ...old, parameters: { least: 5, names: [] } });
    const { parameters } = mergeShipped(live, settingsOf(old), shipped({ parameters: { names: ['b'] } }));
    assert.deepEqual(parameters, { names: [] });
  });

  test('[POL8] where nobody knows any more what was shipped, everything stands as it is', () => {
    const { action, match, parameters, why } = mergeShipped(old, {}, next);
    assert.deepEqual({ action, match }, { action: 'audit', match: old.match });
    assert.deepEqual(parameters, { least: 2, names: ['a'], most: 9 });
    assert.equal(why, 'new why');
  });

  test('[POL8] a field that has a default since then is not taken for a wish', () => {
    const { operations: _, ...earlier } = old.match;
    const before = { ...settingsOf(old), match: earlier as typeof old.match };
    assert.deepEqual(mergeShipped(old, before, next).match, next.match);
  });
});
