import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { createWebhookNotifier } from './webhook-notifier.ts';

const notice = {
  id: 'n-1',
  type: 'dev.causeway.environment.expiring',
  source: '/teams/shop/environments/demo',
  time: '2026-01-02T03:04:05Z',
  data: { within: 'an hour' },
};

test('a notice is a CloudEvent; what is not taken is said without the path, and no redirect is followed', async t => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(`${request.headers['content-type']} ${await text(request)}`);
    const status = Number(request.url?.slice(1));
    response.writeHead(status, status === 302 ? { location: '/204' } : {}).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;
  const notifier = createWebhookNotifier();
  const tell = (path: string) => notifier.notify(at(path), notice, AbortSignal.timeout(180_000));
  await tell('204');
  assert.match(bodies[0] ?? '', /^application\/cloudevents\+json/);
  assert.deepEqual(JSON.parse((bodies[0] ?? '').replace(/^\S+ \S+ /, '')), {
    specversion: '1.0',
    datacontenttype: 'application/json',
    ...notice,
  });
  for (const path of ['500', '302', '404'])
    await assert.rejects(tell(path), error => isPlatformError(error, 'Unavailable'));
  assert.equal(bodies.length, 4);
  const refused = notifier.notify('http://127.0.0.1:1/secret-token', notice, AbortSignal.timeout(180_000));
  await assert.rejects(refused, (error: Error) => !error.message.includes('secret-token'));
});
