import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HttpSettings } from '@causeway/model';
import { awaitReady } from './await-ready.ts';

const never = new AbortController().signal;

/** What becomes of a start while a program answers of which the looks tell this, and then always the last. */
const readiness = async (t: TestContext, looks: (boolean | undefined)[]) => {
  const server = createServer((_, response) => response.end('hello'));
  t.after(() => server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let last: boolean | undefined;
  const isForeign = () => {
    if (looks.length > 0) last = looks.shift();
    return last;
  };
  const found = await awaitReady(port, HttpSettings.parse({}), Date.now(), isForeign, never);
  return found?.ready ? 'ready' : found?.last;
};

test('a program that answers on its port is ready', async t => {
  assert.equal(await readiness(t, [false]), 'ready');
});

test('who answers instead of it is not taken for it, also when that is not seen at once', async t => {
  assert.equal(await readiness(t, [true]), 'foreign');
  assert.equal(await readiness(t, [undefined, undefined, true]), 'foreign');
});

test('what changes hands, and what cannot be known, is its own in the end', async t => {
  assert.equal(await readiness(t, [true, true, false]), 'ready');
  assert.equal(await readiness(t, [undefined]), 'ready');
});
