import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { type PlatformError, ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { createClient } from '../client.ts';
import {
  expired,
  line,
  type Recorded,
  serviceObject,
  startStandIn,
  stateEnd,
} from '../testing/stand-in-server.ts';
import { backoffMs } from './backoff.ts';
import { isNewer } from './inform.ts';

const put = (type: string, name: string, version: string, uid?: string): string =>
  line({ type, object: serviceObject(name, version, uid) });

/** Plays one script per connection and records what the informer tells. */
const play = async (
  t: { after(end: () => unknown): void },
  connections: readonly ((response: ServerResponse, request: Recorded) => void)[],
) => {
  let number = 0;
  const server = await startStandIn((request, response) => connections[number++]?.(response, request));
  const ending = new AbortController();
  const told: string[] = [];
  const errors: PlatformError[] = [];
  const client = createClient({ server: server.url });
  const done = client.inform(ServiceKind, {
    namespace: 'default',
    signal: ending.signal,
    onChange: (type, object) =>
      told.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`),
    onSynced: () => told.push('synced'),
    onError: error => errors.push(error),
  });
  t.after(async () => {
    ending.abort();
    await done;
    await client.close();
    await server.close();
  });
  return { server, told, errors, done, ending };
};

test('the state is told, then synced, then changes; lines may arrive in pieces', async t => {
  const text = Buffer.from(
    put('ADDED', 'a', '1') +
      put('ADDED', 'b', '3') +
      line(stateEnd('4')) +
      put('MODIFIED', 'a', '5') +
      put('DELETED', 'b', '6'),
  );
  const { told, server } = await play(t, [
    async response => {
      for (let at = 0; at < text.length; at += 50) {
        response.write(text.subarray(at, at + 50));
        await new Promise(resolve => setTimeout(resolve, 1));
      }
    },
  ]);
  await until('the deletion is told', () => told.length === 5);
  assert.deepEqual(told, ['ADDED a 1', 'ADDED b 3', 'synced', 'MODIFIED a 5', 'DELETED b 6']);
  const query = server.requests[0]?.url.searchParams;
  assert.equal(query?.get('sendInitialEvents'), 'true');
  assert.equal(query?.get('resourceVersionMatch'), 'NotOlderThan');
});

test('after a disconnect the watch goes on from the newest version seen', async t => {
  const { told, server, errors } = await play(t, [
    response => {
      response.write(
        `${put('ADDED', 'a', '9') + line(stateEnd('12')) + put('MODIFIED', 'a', '100')}{"type":"MODI`,
      );
      setTimeout(() => response.socket?.destroy(), 20);
    },
    response => response.end(),
    response => response.write(put('MODIFIED', 'a', '101')),
  ]);
  await until('the change is told', () => told.includes('MODIFIED a 101'));
  assert.deepEqual(told, ['ADDED a 9', 'synced', 'MODIFIED a 100', 'MODIFIED a 101']);
  assert.deepEqual(
    server.requests.map(request => request.url.searchParams.get('resourceVersion')),
    [null, '100', '100'],
  );
  assert.equal(server.requests[1]?.url.searchParams.get('sendInitialEvents'), null);
  assert.equal(errors[0]?.code, 'Unavailable', 'a broken connection is reported, an ended watch is not');
  assert.equal(errors.length, 1);
});

for (const [how, expire] of [
  ['within the watch', (response: ServerResponse) => response.end(line(expired))],
  [
    'as the answer',
    (response: ServerResponse) => response.writeHead(410).end(JSON.stringify(expired.object)),
  ],
] as const)
  test(`410 ${how}: the state is told anew, and only what is news; what is missing was deleted`, async t => {
    const { told, server } = await play(t, [
      response =>
        response.end(
          put('ADDED', 'same', '1') +
            put('ADDED', 'gone', '2') +
            put('ADDED', 'changed', '3') +
            line(stateEnd('5')),
        ),
      expire,
      response =>
        response.write(
          put('ADDED', 'same', '1') +
            put('ADDED', 'changed', '9') +
            put('ADDED', 'new', '8') +
            line(stateEnd('9')) +
            put('MODIFIED', 'new', '10'),
        ),
    ]);
    await until('the change is told', () => told.includes('MODIFIED new 10'));
    assert.deepEqual(told.slice(4), [
      'MODIFIED changed 9',
      'ADDED new 8',
      'DELETED gone 2',
      'MODIFIED new 10',
    ]);
    assert.equal(
      server.requests[2]?.url.searchParams.get('resourceVersion'),
      '5',
      'never a state from before',
    );
  });

test('an object deleted and made again while away is told as both', async t => {
  const { told } = await play(t, [
    response => response.end(put('ADDED', 'a', '1', 'first') + line(stateEnd('5'))),
    response => response.end(line(expired)),
    response =>
      response.write(put('ADDED', 'a', '8', 'second') + line(stateEnd('8')) + put('ADDED', 'z', '9')),
  ]);
  await until('the end is told', () => told.includes('ADDED z 9'));
  assert.deepEqual(told, ['ADDED a 1', 'synced', 'DELETED a 1', 'ADDED a 8', 'ADDED z 9']);
});

test('a state cut short deletes nothing and is told again from its beginning', async t => {
  const { told } = await play(t, [
    response => {
      response.write(put('ADDED', 'a', '1'));
      setTimeout(() => response.socket?.destroy(), 20);
    },
    response => response.write(put('ADDED', 'a', '1') + put('ADDED', 'b', '2') + line(stateEnd('2'))),
  ]);
  await until('it is synced', () => told.includes('synced'));
  assert.deepEqual(told, ['ADDED a 1', 'ADDED b 2', 'synced']);
});

test('nothing older than what was seen is told, a deleted object does not come back', async t => {
  const { told } = await play(t, [
    response =>
      response.write(
        put('ADDED', 'a', '10') +
          line(stateEnd('10')) +
          put('MODIFIED', 'a', '9') +
          put('MODIFIED', 'a', '10') +
          put('DELETED', 'a', '8') +
          put('DELETED', 'a', '12') +
          put('MODIFIED', 'a', '11') +
          put('ADDED', 'z', '13'),
      ),
  ]);
  await until('the end is told', () => told.includes('ADDED z 13'));
  assert.deepEqual(told, ['ADDED a 10', 'synced', 'DELETED a 12', 'ADDED z 13']);
});

test('a callback that throws is reported and the informer goes on', async t => {
  const server = await startStandIn((_request, response) =>
    response.write(put('ADDED', 'a', '1') + put('ADDED', 'b', '2') + line(stateEnd('2'))),
  );
  const ending = new AbortController();
  const told: string[] = [];
  const errors: string[] = [];
  const done = createClient({ server: server.url }).inform(ServiceKind, {
    signal: ending.signal,
    onChange: (_type, object) => {
      if (object.metadata.name === 'a') throw new Error('cannot take a');
      told.push(object.metadata.name);
    },
    onError: error => errors.push(error.message),
  });
  t.after(async () => {
    ending.abort();
    await done;
    await server.close();
  });
  await until('b is told', () => told.includes('b'));
  assert.deepEqual(errors, ['cannot take a']);
});

test('it resolves soon after the abort, though the server is away', async () => {
  const ending = new AbortController();
  const errors: PlatformError[] = [];
  const done = createClient({ server: 'http://127.0.0.1:9' }).inform(ServiceKind, {
    signal: ending.signal,
    onChange: () => {},
    onError: error => errors.push(error),
  });
  await until('it has tried', () => errors.length >= 2);
  ending.abort();
  await done;
});

test('attempts spread and slow down, to five seconds at most', () => {
  assert.deepEqual(
    [0, 1, 2, 7, 50].map(failures => backoffMs(failures, () => 0)),
    [25, 50, 100, 2500, 2500],
  );
  assert.deepEqual(
    [0, 7, 1000].map(failures => backoffMs(failures, () => 1)),
    [50, 5000, 5000],
  );
});

test('versions compare as numbers of any size', () => {
  assert.ok(isNewer('10', '9'));
  assert.ok(!isNewer('9', '9'));
  assert.ok(isNewer('18446744073709551616', '9007199254740993'));
});
