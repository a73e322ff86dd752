import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applies } from '../judge/applies.ts';
import { completePolicy } from '../judge/judging-policy.ts';
import { whyNotAsked } from './why-not-asked.ts';

const subject = {
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { a: 'b' } },
  },
  request: {
    operation: 'CREATE',
    place: 'offline',
    user: 'ada',
    actor: 'person',
    time: '2026-01-01T00:00:00Z',
  },
} as const;

const policy = (match: object, action = 'audit') => ({
  spec: completePolicy({ why: 'x', instead: 'y', owner: 'z', source: { inline: '' }, match, action }),
});

test('a policy that is not asked says why, and one that is asked says nothing', () => {
  for (const [match, reason] of [
    [{}, undefined],
    [{ kinds: ['apps/Deployment'] }, undefined],
    [{ kinds: ['Service', 'Pod'] }, 'it is about Service, Pod, not Deployment'],
    [{ operations: ['DELETE'] }, 'it is about DELETE, not CREATE'],
    [{ teams: ['pay'] }, 'it is about the teams pay'],
    [{ exceptTeams: ['shop'] }, 'it is not about the team shop'],
    [{ environments: ['production'] }, 'it is about production, and no environment was named'],
    [{ labels: { a: 'c' } }, 'it is about what has the labels a=c'],
    [{ kinds: ['Pod'], teams: ['pay'] }, 'it is about Pod, not Deployment; it is about the teams pay'],
  ] as const) {
    const given = policy(match);
    assert.equal(whyNotAsked(given, subject), reason);
    assert.equal(applies(given.spec.match, subject), reason === undefined);
  }
  assert.equal(whyNotAsked(policy({}, 'draft'), subject), 'it is a draft, which only tests ask');
});
