import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Team, TeamKind } from '@causeway/model';
import { parseCodeOwners } from './code-owners.ts';
import { type ReviewParts, reviewOf } from './review.ts';
import { standInsFor, stillGiven } from './who-may-approve.ts';

/** Teams with members as `user:role`. */
const teams = (members: Readonly<Record<string, string>>) => ({
  peek: (kind: unknown, { name }: { name: string }) => {
    assert.equal(kind, TeamKind);
    const people = (members[name] ?? '').split(' ').filter(Boolean);
    return {
      spec: { members: people.map(one => ({ user: one.split(':')[0], role: one.split(':')[1] })) },
    } as Team;
  },
});

/** alice opened a change of docs/a, which is hers alone. */
const reviewed = (parts: Partial<ReviewParts>) =>
  reviewOf({
    asked: parseCodeOwners('docs/ @alice').map(rule => ({ rule, path: 'docs/a' })),
    contributors: new Set(['alice']),
    approvers: [],
    meant: owner => [owner.slice(1)],
    ...parts,
  });

test('[CHG3] what only its maker owns waits for somebody else who may approve', () => {
  const { check, reviewers } = reviewed({ standIns: ['bob', 'eve'] });
  assert.deepEqual(check, {
    name: 'review',
    state: 'Pending',
    message: 'waits for the approval of bob or eve (alice, who owns docs/a, made the change)',
  });
  assert.deepEqual(reviewers, []);
  assert.equal(reviewed({ standIns: ['bob'], approvers: ['zoe'] }).check.message, 'approved by zoe');
  assert.match(
    reviewed({ standIns: ['b', 'c', 'd', 'e', 'f', 'g'] }).check.message,
    /approval of b, c, d, e, f or another \(/,
  );
});

test('[CHG3] where nobody else may approve, or another forge decides, that is said and nothing waits', () => {
  assert.deepEqual(reviewed({ standIns: [] }).check, {
    name: 'review',
    state: 'Skipped',
    message: 'alice, who owns docs/a, made the change, and nobody else may approve it here',
  });
  assert.deepEqual(reviewed({}).check, {
    name: 'review',
    state: 'Skipped',
    message: 'alice, who owns docs/a, made the change: the forge says who else may approve it',
  });
});

test('[CHG3] others of the team stand in, and where there are none those who run the platform', () => {
  const store = teams({ shop: 'alice:owner bob:developer ray:viewer', platform: 'root:owner' });
  assert.deepEqual(standInsFor(store as never, 'shop', new Set(['alice'])), ['bob']);
  assert.deepEqual(standInsFor(store as never, 'shop', new Set(['alice', 'bob'])), ['root']);
  assert.deepEqual(standInsFor(store as never, 'shop', new Set(['alice', 'bob', 'root'])), []);
});

test('[CHG3] an approval of somebody who has left, or only looks on by now, counts no more', () => {
  const store = teams({ shop: 'bob:developer ray:viewer', platform: 'root:owner' });
  const given = ['bob', 'ray', 'eve', 'root'].map(by => ({ by }));
  assert.deepEqual(stillGiven(store as never, 'shop', given), [{ by: 'bob' }, { by: 'root' }]);
});
