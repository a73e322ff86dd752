import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlatformError } from '@causeway/model';
import { changeActions } from './change-routes.ts';

const key = { namespace: 'shop', name: 'orders.1' };
const bob = { user: 'bob', from: 'test' };

/** What is wrong is found before anything else is asked: so there need be nothing else. */
const actions = new Map(
  changeActions({} as never, { changes: {}, services: {} } as never).map(one => [one.name, one]),
);

test('every field of every body, missing, empty, huge or of another type, is refused by its name', async () => {
  const long = 'x'.repeat(70_000);
  const cases: readonly (readonly [action: string, body: unknown, field: string])[] = [
    ['change', undefined, 'source'],
    ['change', {}, 'source'],
    ['change', 'text', 'body'],
    ['change', [], 'body'],
    ['change', { source: '' }, 'source'],
    ['change', { source: 7 }, 'source'],
    ['change', { source: long }, 'source'],
    ['change', { source: 'a\nb' }, 'source'],
    ['change', { source: 'a', target: '' }, 'target'],
    ['change', { source: 'a', target: null }, 'target'],
    ['change', { source: 'a', title: '' }, 'title'],
    ['change', { source: 'a', title: ' \t ' }, 'title'],
    ['change', { source: 'a', title: 'a\nb' }, 'title'],
    ['change', { source: 'a', title: 'x'.repeat(301) }, 'title'],
    ['change', { source: 'a', title: '\u001b[31mred' }, 'title'],
    ['change', { source: 'a', description: long }, 'description'],
    ['change', { source: 'a', description: 'a\0b' }, 'description'],
    ['change', { source: 'a', sourc: 'b' }, 'body'],
    ['approve', { commit: 'HEAD' }, 'commit'],
    ['approve', { commit: '' }, 'commit'],
    ['approve', { commit: 7 }, 'commit'],
    ['approve', { comment: long }, 'comment'],
    ['approve', { approved: true }, 'body'],
    ['comment', {}, 'text'],
    ['comment', { text: '' }, 'text'],
    ['comment', { text: long }, 'text'],
    ['comment', { text: '\u0007' }, 'text'],
    ['comment', { text: 'a', path: '' }, 'path'],
    ['comment', { text: 'a', path: 'x'.repeat(5000) }, 'path'],
    ['comment', { text: 'a', path: 'a', line: 0 }, 'line'],
    ['comment', { text: 'a', path: 'a', line: 1.5 }, 'line'],
    ['comment', { text: 'a', path: 'a', line: '1' }, 'line'],
    ['merge', { method: 'rebase' }, 'method'],
    ['merge', { method: '' }, 'method'],
    ['merge', { methods: 'merge' }, 'body'],
    ['close', { now: true }, 'body'],
    ['reopen', { now: true }, 'body'],
  ];
  for (const [name, body, field] of cases) {
    const shown = `${name} ${JSON.stringify(body)?.slice(0, 80)}`;
    await assert.rejects(
      async () => actions.get(name)?.handle(key, body, bob, AbortSignal.timeout(180_000)),
      (error: PlatformError) => {
        assert.equal(error.code, 'Invalid', `${shown}: ${error.stack}`);
        assert.ok(
          error.causes.some(cause => cause.field === field),
          `${shown}: ${JSON.stringify(error.causes)}`,
        );
        assert.ok(error.message.length < 1100, shown);
        return true;
      },
    );
  }
  assert.deepEqual([...actions.keys()].sort(), ['approve', 'change', 'close', 'comment', 'merge', 'reopen']);
});
