import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityVariables, userOf } from './identity.ts';
import { entryMessage, parseReflog, settle } from './reflog.ts';

const id = (letter: string): string => letter.repeat(40);
const none = '0'.repeat(40);
const line = (before: string, after: string, who = 'ada <ada@causeway>', message = 'push'): string =>
  `${before} ${after} ${who} 1700000000 +0000\t${message}\n`;

test('entries count from 1 and know who moved what', () => {
  const movements = parseReflog(line(none, id('a')) + line(id('a'), id('b'), 'bob <bob@causeway>'));
  assert.deepEqual(
    movements.map(({ entry, before, after, by }) => [entry, before, after, by]),
    [
      [1, undefined, id('a'), 'ada'],
      [2, id('a'), id('b'), 'bob'],
    ],
  );
});

test('a user survives the log whatever it is called', () => {
  for (const user of [
    'ada',
    'ada@example.com',
    'system:agent:local',
    '.dots.',
    "o'neill",
    'Ünï',
    'a <b> c\nd',
    '…',
    '%40',
    ' ',
  ]) {
    const { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email } = identityVariables(user);
    const [movement] = parseReflog(line(none, id('a'), `${name} <${email}>`));
    assert.equal(movement?.by, user);
  }
});

test('an entry that another tool wrote keeps its name', () => {
  assert.equal(userOf('Ada Lovelace', 'ada@example.com'), 'Ada Lovelace');
  assert.equal(userOf('Ada', '%zz@causeway'), 'Ada');
  const [movement] = parseReflog(line(none, id('a'), 'Ada > Bob <x@example.com>', 'push: a\tb'));
  assert.equal(movement?.by, 'Ada > Bob');
});

test('lines that are no entry are left out', () => {
  assert.equal(parseReflog(`\nrubbish\n${line(none, id('a'))}${id('a')} ${id('b')} half`).length, 1);
});

test('an entry may carry its number, and counting goes on from there', () => {
  const text =
    line(none, id('a')) + line(id('a'), id('b'), undefined, entryMessage(7)) + line(id('b'), id('c'));
  assert.deepEqual(
    parseReflog(text).map(movement => movement.entry),
    [1, 7, 8],
  );
  assert.equal(parseReflog(line(none, id('a')), 4)[0]?.entry, 5);
});

test('what is still under way, or died before it moved the reference, did not happen', () => {
  const log = parseReflog(
    line(none, id('a')) + line(id('a'), id('b')) + line(id('a'), id('c')) + line(id('c'), id('d')),
  );
  const after = (tip: string): string[] => settle(log, tip).happened.map(movement => movement.after[0]!);
  assert.deepEqual(after(id('c')), ['a', 'c'], 'a→b died, c→d is under way');
  assert.deepEqual(after(id('d')), ['a', 'c', 'd']);
  assert.deepEqual(after(id('a')), ['a']);
});

test('a tip that no entry leads to is told apart from a push under way', () => {
  const log = parseReflog(line(none, id('a')) + line(id('a'), id('b')));
  assert.deepEqual(
    { ...settle(log, id('c')), happened: settle(log, id('c')).happened.length },
    { happened: 2, unlogged: true },
  );
  const underWay = parseReflog(line(none, id('a')) + line(id('c'), id('d')));
  assert.deepEqual(
    settle(underWay, id('c')).happened.map(movement => movement.after[0]),
    ['a'],
  );
  assert.equal(settle([], id('a')).unlogged, true);
});

test('a branch that was put back to an earlier commit stands at its last entry', () => {
  const log = parseReflog(line(none, id('a')) + line(id('a'), id('b')) + line(id('b'), id('a')));
  assert.equal(settle(log, id('a')).happened.length, 3);
});
