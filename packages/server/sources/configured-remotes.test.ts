import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configuredRemotes } from './configured-remotes.ts';

test('[SRC10] a password is for the teams that the configuration names, and without any for the platform’s own', async t => {
  const shown: (string | undefined)[] = [];
  const server = createServer(({ headers: { authorization } }, response) => {
    shown.push(authorization);
    response.writeHead(authorization ? 404 : 401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'causeway-remotes-'));
  t.after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'password'), 'secret\n');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const password = `Basic ${Buffer.from('bot:secret').toString('base64')}`;
  const isShown = async (team: string, teams?: 'all' | string[]): Promise<boolean> => {
    shown.length = 0;
    const credential = { url, username: 'bot', passwordFile: 'password', ...(teams ? { teams } : {}) };
    const remotes = configuredRemotes(
      { sources: { protocols: ['http'], credentials: [credential] }, forges: [] },
      [],
      folder,
    );
    const asked = remotes.fetch(
      { team, service: 'infra' },
      `${url}/a.git`,
      'main',
      AbortSignal.timeout(180_000),
    );
    await assert.rejects(asked);
    assert.ok(shown.length > 0, 'somebody was asked');
    return shown.includes(password);
  };
  assert.deepEqual(
    [
      await isShown('shop'),
      await isShown('platform'),
      await isShown('shop', ['shop']),
      await isShown('shop', 'all'),
    ],
    [false, true, true, true],
  );
  assert.equal(await isShown('other', ['shop']), false);
});
