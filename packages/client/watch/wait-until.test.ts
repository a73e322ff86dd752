import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { isPlatformError, ServiceKind } from '@causeway/model';
import { createClient } from '../client.ts';
import { line, serviceObject, startStandIn, stateEnd } from '../testing/stand-in-server.ts';
import { waitUntil } from './wait-until.ts';

const begin = async (t: { after(end: () => unknown): void }, play: (response: ServerResponse) => void) => {
  const server = await startStandIn((_request, response) => play(response));
  t.after(server.close);
  return createClient({ server: server.url });
};

test('it waits until an object is gone, also when there never was one', async t => {
  const client = await begin(t, response => {
    response.write(line({ type: 'ADDED', object: serviceObject('a', '1') }) + line(stateEnd('1')));
    setTimeout(() => response.write(line({ type: 'DELETED', object: serviceObject('a', '2') })), 10);
  });
  assert.equal(
    await waitUntil(client, ServiceKind, 'default', 'a', object => !object, { timeoutMs: 10_000 }),
    undefined,
  );
  const empty = await begin(t, response => response.write(line(stateEnd('1'))));
  assert.equal(
    await waitUntil(empty, ServiceKind, 'default', 'a', object => !object, { timeoutMs: 10_000 }),
    undefined,
  );
});

test('it ends with the timeout, the signal, and a refusal', async t => {
  const client = await begin(t, response => response.write(line(stateEnd('1'))));
  await assert.rejects(
    waitUntil(client, ServiceKind, 'default', 'a', object => object !== undefined, { timeoutMs: 50 }),
    error => isPlatformError(error, 'Timeout'),
  );
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(
    waitUntil(client, ServiceKind, 'default', 'a', () => false, { timeoutMs: 50, signal }),
    /enough/,
  );
  const refusing = await begin(t, response =>
    response.writeHead(403).end('{"title":"Forbidden","detail":"not yours"}'),
  );
  await assert.rejects(
    waitUntil(refusing, ServiceKind, 'default', 'a', () => true, { timeoutMs: 10_000 }),
    /not yours/,
  );
});
