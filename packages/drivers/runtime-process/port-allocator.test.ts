import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { PortAllocator, portRange } from './port-allocator.ts';

/** Of the range that platforms take ports from: theirs are not disturbed. */
const outside = 64_100;

test('ports lie outside of what the kernel gives to outgoing connections', () => {
  assert.deepEqual(portRange('32768\t60999\n'), { first: 22_768, last: 32_767 });
  assert.deepEqual(portRange('1024 50000'), { first: 50_001, last: 60_000 });
});

test('a port is kept for its owner and never given to two', async t => {
  const ports = new PortAllocator({ first: outside, last: outside + 20 });
  t.after(() => ports.close());
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map(owner => ports.take(owner, undefined)));
  assert.equal(new Set(taken).size, 4);
  assert.equal(await ports.take('a', taken[0]), taken[0]);
  assert.notEqual(await ports.take('e', taken[1]), taken[1]);
  ports.release('b');
  assert.equal(await ports.take('e', taken[1]), taken[1]);
});

test('a port that a stranger took meanwhile is given up, and refused to who insists', async t => {
  const stranger = createServer();
  t.after(() => stranger.close());
  await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as AddressInfo;
  const ports = new PortAllocator({ first: outside + 30, last: outside + 50 });
  t.after(() => ports.close());
  assert.notEqual(await ports.take('a', port), port);
  await assert.rejects(
    ports.insist(port, 'a', String),
    error => isPlatformError(error, 'PortInUse') && /another program/.test(error.message),
  );
});

test('what one platform gives to a program that does not listen yet, another does not give', async t => {
  const range = { first: outside + 60, last: outside + 61 };
  const [one, other] = [new PortAllocator(range), new PortAllocator(range)];
  t.after(() => {
    one.close();
    other.close();
  });
  const [first, second] = await Promise.all([one.take('a', undefined), other.take('b', undefined)]);
  assert.notEqual(first, second);
  await assert.rejects(other.take('c', undefined), error => isPlatformError(error, 'StartFailed'));
  assert.equal(await one.take('a', first), first, 'it is its own for a second start');
  one.release('a');
  assert.equal(await other.take('c', undefined), first);
});
