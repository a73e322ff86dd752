import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { handle } from '../handle.js';

let server;
let base;
before(async () => {
  server = createServer(handle);
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

test('says who it is', async () => {
  const response = await fetch(base);
  assert.equal(response.status, 200);
  assert.equal((await response.json()).service, '{{service}}');
});

test('is healthy', async () => assert.equal((await fetch(`${base}/healthz`)).status, 200));

test('does not know everything', async () => assert.equal((await fetch(`${base}/nothing`)).status, 404));
