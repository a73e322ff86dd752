import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ForgeNews } from '@causeway/contracts';
import { type Configuration, readConfiguration } from '../configuration.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { configuredForges } from './configured-forges.ts';
import { SeenDeliveries } from './seen-deliveries.ts';
import { webhookRoute } from './webhook-route.ts';

type Examples = readonly { readonly name: string; readonly examples: readonly unknown[] }[];
const published = (): Examples =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-examples'), 'utf8'));

describe('the webhook of a forge', () => {
  const secret = randomBytes(16).toString('hex');
  const looked: string[] = [];
  let folder: string;
  let server: TestServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-webhook-'));
    await writeFile(join(folder, 'token'), 'token-of-the-platform');
    await writeFile(join(folder, 'secret'), secret);
    const files = { tokenFile: 'token', webhookSecretFile: join(folder, 'secret') };
    const forges: Configuration['forges'] = [
      { name: 'hub', type: 'github', url: 'https://github.com', ...files },
      { name: 'tea', type: 'gitea', url: 'https://gitea.example', ...files },
      { name: 'bare', type: 'gitea', url: 'https://gitea.example', ...files, webhookSecretFile: 'missing' },
    ];
    const look = async ({ name }: { name: string }, { event }: ForgeNews): Promise<number> => {
      assert.notEqual(event.type, 'ignored');
      looked.push(name);
      return 'repository' in event && event.repository === 'Codertocat/Hello-World' ? 1 : 0;
    };
    server = await startTestServer(() => [], [webhookRoute(configuredForges({ forges }, folder), look)]);
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const signature = (body: string | Uint8Array): string =>
    createHmac('sha256', secret).update(body).digest('hex');
  const deliver = (forge: string, event: string, body: string | Uint8Array, id: string = randomUUID()) =>
    fetch(`http://127.0.0.1:${server.port}/api/forges/${forge}/webhook`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${signature(body)}`,
        'x-gitea-event': event,
        'x-gitea-delivery': id,
        'x-gitea-signature': signature(body),
      },
    });

  test('[FRG2] every delivery that GitHub publishes is accepted, or ignored on purpose', async () => {
    const outcomes = new Map<string, number>();
    for (const { name, examples } of published())
      for (const example of examples) {
        const response = await deliver('hub', name, JSON.stringify(example));
        const text = await response.text();
        assert.equal(response.status, 202, `${name}: ${text}`);
        const { outcome, message } = JSON.parse(text) as { outcome: string; message: string };
        assert.notEqual(message, '');
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    assert.deepEqual([...outcomes.keys()].toSorted(), ['accepted', 'ignored']);
    assert.ok(looked.every(one => one === 'hub'));
  });

  test('[FRG2] signed bytes of any kind are no internal error', async () => {
    const list: string[] = JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve('big-list-of-naughty-strings'), 'utf8'),
    );
    const about = (text: string) =>
      JSON.stringify({ repository: { full_name: text }, pull_request: { number: 1 }, ref: text });
    for (const forge of ['hub', 'tea'])
      for (const text of list)
        for (const body of [text, about(text)]) {
          const event = body === text ? 'push' : 'pull_request';
          const response = await deliver(forge, event, Buffer.from(body));
          assert.ok([202, 400].includes(response.status), `${response.status}: ${body.slice(0, 100)}`);
          await response.arrayBuffer();
        }
    for (const number of [0, -1, 1.5, 1e300, '1', null, {}])
      assert.equal(
        (
          await deliver(
            'tea',
            'pull_request',
            JSON.stringify({ repository: { full_name: 'a/b' }, pull_request: { number } }),
          )
        ).status,
        400,
        String(number),
      );
  });

  test('a body that ends too early is nothing', async () => {
    const before = looked.length;
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.end(
      `POST /api/forges/hub/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n\r\n{"repository"`,
    );
    await new Promise(resolve => socket.once('close', resolve));
    assert.equal(looked.length, before);
    assert.equal((await deliver('hub', 'ping', '{}')).status, 202, 'the server goes on');
  });

  test('a secret that cannot be read is said to nobody but by its file', async () => {
    const response = await deliver('bare', 'ping', '{}');
    const text = await response.text();
    assert.equal(response.status, 503);
    assert.ok(!text.includes(secret));
  });

  test('deliveries are remembered, as many as fit', () => {
    const seen = new SeenDeliveries(2);
    assert.deepEqual(
      ['a', 'a', 'b', 'c', 'a'].map(id => seen.take(id)),
      [true, false, true, true, true],
    );
  });

  test('the configuration of forges is checked', async () => {
    const read = async (forges: unknown) => {
      await writeFile(join(folder, 'config.yaml'), JSON.stringify({ forges }));
      return readConfiguration(folder);
    };
    const good = {
      name: 'hub',
      type: 'github',
      url: 'https://github.com',
      tokenFile: 't',
      webhookSecretFile: 's',
    };
    assert.equal((await read([good])).forges[0]?.name, 'hub');
    assert.equal((await read([{ ...good, teams: 'all' }])).forges[0]?.teams, 'all');
    for (const [wrong, words] of [
      [[{ ...good, type: 'gitlab' }], /forges\.0\.type/],
      [[{ ...good, url: 'file:///etc' }], /forges\.0\.url/],
      [[{ ...good, name: 'A/B' }], /forges\.0\.name/],
      [[{ ...good, token: 'secret' }], /token/],
      [[{ ...good, teams: { shop: ['payments'] } }], /forges\.0\.teams/],
      [[{ ...good, teams: 'everybody' }], /forges\.0\.teams/],
      [[{ ...good, teams: { Shop: ['shop/*'] } }], /forges\.0\.teams/],
      [[{ ...good, tokenFile: undefined }], /forges\.0\.tokenFile/],
      [[good, good], /two forges have one name/],
      [{}, /forges/],
    ] as const)
      await assert.rejects(read(wrong), words);
  });
});
