import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { openWatch } from '../testing/open-watch.ts';
import { server, startTestApi, type TestApi } from '../testing/test-api.ts';

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
/** More than the log of a kind holds. */
const changes = 20_000;
const stalledWatchers = 20;
const objects = 500;

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.close());

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const held = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

const stalledWatch = async (from: string): Promise<net.Socket> => {
  const socket = net.connect(api.port, '127.0.0.1');
  socket.pause();
  socket.write(
    `GET ${services}?watch=true&resourceVersion=${from} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${api.admin}\r\n\r\n`,
  );
  await once(socket, 'connect');
  return socket;
};

const write = (name: string, round: number) =>
  api.store.mutate(
    ServiceKind,
    { namespace: 'shop', name },
    one => ({ ...one, spec: { ...one.spec, description: `round ${round} ${'x'.repeat(900)}` } }),
    server,
  );

test('[PAST3] watchers that do not read are cut off, cost nobody anything, and hold little', async () => {
  const names = Array.from({ length: objects }, (_, index) => `slow-${index}`);
  await Promise.all(
    names.map(name => api.store.create(ServiceKind, { metadata: { name, namespace: 'shop' } }, server)),
  );
  const { resourceVersion } = (await api.ask(api.admin, 'GET', `${services}?limit=1`)).body.metadata;
  const rounds = changes / objects;
  // The log fills up first: what it holds is not the watchers’.
  for (let round = 0; round < rounds; round++) await Promise.all(names.map(name => write(name, round)));
  const { body } = await api.ask(api.admin, 'GET', `${services}?limit=1`);
  const from = body.metadata.resourceVersion;
  assert.ok(Number(from) - Number(resourceVersion) >= changes);

  const stalled = await Promise.all(Array.from({ length: stalledWatchers }, () => stalledWatch(from)));
  const quick = await openWatch(api, api.admin, `${services}?watch=true&resourceVersion=${from}`);
  const before = held();
  let expected = Number(from);
  for (let round = 0; round < rounds; round++) {
    const [seen] = await Promise.all([
      quick.take(objects),
      ...names.map(name => write(name, rounds + round)),
    ]);
    for (const { object } of seen) assert.equal(Number(object.metadata.resourceVersion), ++expected);
  }
  const grown = held() - before;
  assert.ok(grown < 60, `${stalledWatchers} watchers that do not read hold ${grown.toFixed()} MiB`);

  const [first] = stalled as [net.Socket];
  let text = '';
  first.setEncoding('utf8').on('data', piece => {
    text = (text + piece).slice(-20_000);
  });
  first.resume();
  await until('the watch to be ended', () => text.includes('"type":"ERROR"'));
  assert.match(text, /\{"type":"ERROR","object":\{"kind":"Status".*"reason":"Expired".*"code":410\}\}/);
  quick.close();
  await Promise.all(
    stalled.map(async socket => {
      const closed = once(socket, 'close');
      socket.destroy();
      await closed;
    }),
  );
});
