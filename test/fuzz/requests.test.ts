import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { ServiceKind } from '@causeway/model';
import { startTestApi, type TestApi } from '../../packages/api/testing/test-api.ts';
import { mutate } from './mutate.ts';
import { createRandom } from './random.ts';

const seed = Number(process.env.CAUSEWAY_SEED ?? 1);
const milliseconds = 1000 * Number(process.env.CAUSEWAY_FUZZ_SECONDS ?? 5);
/** Headers are at most this long; what goes beyond is the HTTP parser's to refuse. */
const longest = 8000;

let api: TestApi;
before(async () => {
  api = await startTestApi();
  await api.ask(api.admin, 'POST', '/apis/causeway.dev/v1/namespaces/shop/services', {
    metadata: { name: 'orders' },
  });
});
after(() => api.close());

const services = '/apis/causeway.dev/v1/namespaces/shop/services';
const token = Buffer.from(JSON.stringify({ after: 'shop/orders', v: 12, rv: '12' })).toString('base64url');

/** Addresses as clients send them: what is changed are path and parameters. None of them writes, but DELETE with dryRun. */
const addresses = [
  `${services}?limit=1&continue=${token}`,
  `${services}?labelSelector=app%3Dweb%2Cenv%20in%20(a%2Cb)&fieldSelector=metadata.name%3Dorders`,
  `${services}?watch=true&resourceVersion=5&timeoutSeconds=1&allowWatchBookmarks=true`,
  `${services}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1`,
  `${services}/orders?pretty=true&includeObject=None`,
  `${services}/orders/status`,
  '/api/v1/events?resourceVersion=0&resourceVersionMatch=Exact',
  '/apis/causeway.dev/v1/services?fieldValidation=Strict&dryRun=All',
  '/openapi/v3/apis/causeway.dev/v1',
  '/api',
];

const heads = (): string[] => [
  `Authorization: Bearer ${api.admin}\r\nAccept: application/json;as=Table;v=v1;g=meta.k8s.io`,
  `Authorization: Basic ${Buffer.from(`x:${api.admin}`).toString('base64')}\r\nAccept: application/json`,
  `Authorization: Bearer ${api.admin}\r\nContent-Encoding: identity\r\nContent-Type: application/json; charset=utf-8`,
];

/** Sends bytes and waits for the status of the answer; 0 when the connection was closed without one. */
const statusOf = (bytes: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(api.port, '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('no answer within 20 s'));
    }, 20_000);
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0));
    };
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      if (text.length > 12) end();
    });
    socket.once('close', end);
    socket.once('error', end);
    // The end of what is sent tells the server that no more body comes.
    socket.end(bytes);
  });

test(`any address and any head is answered, never with an internal error, and nothing changes [INP1] (CAUSEWAY_SEED=${seed})`, async () => {
  const random = createRandom(seed);
  const seeds = addresses.map(address => Buffer.from(address));
  const headSeeds = heads().map(head => Buffer.from(head));
  const before = await api.store.list(ServiceKind);
  const end = performance.now() + milliseconds;
  const answers = new Map<number, number>();
  while (performance.now() < end)
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        const method = random.pick(['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'TRACE']);
        // A space or line break would end the address: what comes after would be another request.
        const address = mutate(seeds, random)
          .subarray(0, longest)
          .toString('latin1')
          .replaceAll(/[\s\0]/g, '%20');
        const head =
          random.below(3) === 0 ? mutate(headSeeds, random).subarray(0, longest) : random.pick(headSeeds);
        const bytes = Buffer.concat([
          Buffer.from(`${method} ${address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n`, 'latin1'),
          head,
          Buffer.from('\r\n\r\n'),
        ]);
        const status = await statusOf(bytes);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        // A version that is still to come is waited for, and then there is none: 504, as Kubernetes says it.
        const future = status === 504 && address.includes('resourceVersion');
        assert.ok(
          status < 500 || future,
          `${status} for ${JSON.stringify(bytes.toString('latin1'))}: ${api.logged.at(-1)}`,
        );
      }),
    );
  assert.ok((answers.get(200) ?? 0) > 0 && (answers.get(400) ?? 0) > 0, JSON.stringify([...answers]));
  assert.deepEqual(await api.store.list(ServiceKind), before);
  assert.deepEqual(
    api.logged.filter(line => !line.startsWith('slow request')),
    [],
  );
});
