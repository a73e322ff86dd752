import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { PlatformError } from '@causeway/model';
import tar from 'tar-stream';
import { createBundleReader } from './bundle-reader.ts';

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('bundles of policies', () => {
  let server: Server;
  let url: string;
  let answer: Buffer = Buffer.alloc(0);
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/hangs') return;
      response.writeHead(request.url === '/gone' ? 404 : 200).end(answer);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const bundle = async (files: Record<string, string>): Promise<Buffer> => {
    const pack = tar.pack();
    for (const [name, text] of Object.entries(files)) pack.entry({ name }, text);
    pack.entry({ name: 'link.rego', type: 'symlink', linkname: '/etc/passwd' });
    pack.finalize();
    return gzipSync(await buffer(pack));
  };
  const refused = (code: string, words: RegExp) => (error: PlatformError) => {
    assert.match(error.message, words);
    return error.code === code;
  };

  test('their text files are read, as OPA packs them', async () => {
    answer = await bundle({ '/policies/a.rego': 'package a', '.manifest': '{"roots":["a"]}', binary: '\0' });
    assert.deepEqual(await createBundleReader().read(url, sha256(answer)), [
      { path: 'policies/a.rego', text: 'package a' },
      { path: '.manifest', text: '{"roots":["a"]}' },
    ]);
  });

  test('another content, no archive, too much, too late: refused in words', async () => {
    const read = (path = '/', digest = sha256(answer), limits = {}) =>
      createBundleReader({ patienceMs: 5000, ...limits }).read(url + path, digest);
    answer = await bundle({ 'a.rego': 'x'.repeat(5000) });
    await assert.rejects(read('/', sha256(Buffer.from('other'))), refused('Invalid', /is another/));
    await assert.rejects(read('/', undefined, { unpackedBytes: 4000 }), refused('TooLarge', /4000 bytes/));
    await assert.rejects(read('/', undefined, { bytes: 20 }), refused('TooLarge', /larger than 20 bytes/));
    await assert.rejects(read('/', undefined, { files: 1 }), refused('TooLarge', /more than 1 files/));
    await assert.rejects(read('/gone'), refused('Unavailable', /404/));
    await assert.rejects(read('/hangs', undefined, { patienceMs: 50 }), refused('Unavailable', /time/));
    answer = Buffer.from('no archive');
    await assert.rejects(read(), refused('Invalid', /no gzipped tar/));
    answer = gzipSync(Buffer.alloc(700, 7));
    await assert.rejects(read(), refused('Invalid', /no gzipped tar/));
  });
});
