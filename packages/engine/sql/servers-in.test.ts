import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serversIn } from './servers-in.ts';

const cases: [given: string, servers: string[]][] = [
  ['postgresql://u:p@one:5432/db?sslmode=require', ['postgresql://u:p@one:5432/db?sslmode=require']],
  ['postgres://u:p,q@one,two/db', ['postgres://u:p,q@one/db', 'postgres://u:p,q@two/db']],
  [
    'postgresql://u:p@one:5432,two:5433,[::1]:5434/db?target_session_attrs=read-write',
    ['one:5432', 'two:5433', '[::1]:5434'].map(
      host => `postgresql://u:p@${host}/db?target_session_attrs=read-write`,
    ),
  ],
  [
    'postgresql://u@localhost/db?host=/run/a,/run/b&port=1,2',
    ['%2Frun%2Fa&port=1', '%2Frun%2Fb&port=2'].map(rest => `postgresql://u@localhost/db?host=${rest}`),
  ],
  [
    'postgresql://u@localhost/db?host=/run/a,/run/b&port=7',
    ['%2Frun%2Fa&port=7', '%2Frun%2Fb&port=7'].map(rest => `postgresql://u@localhost/db?host=${rest}`),
  ],
  ['/run/postgresql db', ['/run/postgresql db']],
];

for (const [given, servers] of cases)
  test(`${given} names ${servers.length}`, () => assert.deepEqual(serversIn(given), servers));
