import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { test } from 'node:test';
import { isFree, ownerOf } from './ports.ts';

test('a taken port has an owner, a free one has none', async () => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    const server = net.createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await isFree(port), false, host);
    assert.match(ownerOf(port) ?? '', new RegExp(`process ${process.pid}\\)$`), host);
    server.close();
    await once(server, 'close');
    assert.equal(await isFree(port), true, host);
    assert.equal(ownerOf(port), undefined, host);
  }
});
