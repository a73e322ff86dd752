import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { health } from '../doctor/checks/health.ts';
import { parseHealth } from './read-health.ts';

const text =
  '[+]ping ok\n[-]database failed: the database does not answer: really\n[!]disk not well: 3 MiB free\nreadyz check failed\n';

test('the lines of a readiness answer', () => {
  assert.deepEqual(parseHealth(text), [
    { name: 'ping', state: 'ok' },
    { name: 'database', state: 'failed', reason: 'the database does not answer: really' },
    { name: 'disk', state: 'attention', reason: '3 MiB free' },
  ]);
  assert.deepEqual(parseHealth('<html>not a Causeway server'), []);
});

test('doctor tells what is not well and why, asking with the token of this machine', async t => {
  const data = await mkdtemp(join(tmpdir(), 'causeway-health-'));
  t.after(() => rm(data, { recursive: true }));
  await mkdir(join(data, 'credentials'));
  await writeFile(join(data, 'credentials', 'metrics.token'), 'abc\n');
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.statusCode = 503;
    response.end(text);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const about = { data, env: {}, port, team: 'default', processes: [], signal };
  const found = await health.run(about);
  assert.ok(Array.isArray(found));
  assert.deepEqual(
    found.map(({ state, evidence }) => [state, evidence]),
    [
      ['problem', ['the database does not answer: really']],
      ['warning', ['3 MiB free']],
    ],
  );
  assert.deepEqual(asked, ['Bearer abc']);
});
