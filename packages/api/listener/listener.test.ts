import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { isPlatformError } from '@causeway/model';
import { ensureCertificates, type ServerCertificate } from './certificate-files.ts';
import { createListener, type Listener } from './listener.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-06-01T00:00:00Z');

describe('certificates', () => {
  let folder: string;
  before(async () => {
    folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'causeway-keys-')), 'keys');
  });
  after(() => rm(path.dirname(folder), { recursive: true, force: true }));

  test('are made once, for loopback names, readable only by their owner', async () => {
    const made = await ensureCertificates(folder, ['platform.example.org', '192.0.2.7'], now);
    assert.deepEqual((await readdir(folder)).toSorted(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
    for (const file of ['ca.key', 'server.key'])
      assert.equal((await stat(path.join(folder, file))).mode & 0o777, 0o600);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const server = new X509Certificate(made.certificate);
    assert.match(server.subjectAltName ?? '', /DNS:\*\.localhost/);
    for (const host of ['localhost', 'platform.example.org']) assert.ok(server.checkHost(host), host);
    for (const address of ['127.0.0.1', '::1', '192.0.2.7']) assert.ok(server.checkIP(address), address);
    assert.equal(server.checkHost('elsewhere.example.org'), undefined);
    const authority = new X509Certificate(made.authority);
    assert.ok(authority.ca && !server.ca);
    assert.ok(server.verify(authority.publicKey) && server.checkIssued(authority));
    assert.deepEqual(await ensureCertificates(folder, ['platform.example.org'], now + day), made);
  });

  test('are renewed before they end, for new names, and when damaged; the authority stays', async () => {
    const first = await ensureCertificates(folder, [], now);
    const later = await ensureCertificates(folder, [], now + 340 * day);
    assert.notEqual(later.certificate, first.certificate);
    assert.equal(later.authority, first.authority);
    const named = await ensureCertificates(folder, ['new.example.org'], now + 340 * day);
    assert.ok(new X509Certificate(named.certificate).checkHost('new.example.org'));
    assert.equal(named.authority, first.authority);
    await writeFile(path.join(folder, 'server.key'), 'damaged');
    assert.notEqual((await ensureCertificates(folder, [], now + 340 * day)).certificate, named.certificate);
    await rm(path.join(folder, 'ca.key'));
    assert.notEqual((await ensureCertificates(folder, [], now + 340 * day)).authority, first.authority);
    assert.notEqual((await ensureCertificates(folder, [], now + 20 * 365 * day)).authority, first.authority);
  });

  test('[ENG7] servers that start at once on one folder have the same ones', async () => {
    const fresh = path.join(path.dirname(folder), 'fresh');
    const seen = await Promise.all(Array.from({ length: 4 }, () => ensureCertificates(fresh, [], now)));
    for (const one of seen) assert.deepEqual(one, seen[0]);
    assert.deepEqual((await readdir(fresh)).toSorted(), ['ca.crt', 'ca.key', 'server.crt', 'server.key']);
  });

  test('a folder that cannot be used is named', async () => {
    await assert.rejects(
      ensureCertificates(path.join(folder, 'ca.crt'), [], now),
      error => isPlatformError(error, 'DataUnusable') && error.message.includes(folder),
    );
  });
});

describe('one port for HTTP and HTTPS', () => {
  let folder: string;
  let pair: ServerCertificate;
  let listener: Listener;
  let port: number;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-keys-'));
    pair = await ensureCertificates(folder, [], Date.now());
    listener = createListener((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/slow') setTimeout(() => response.end('slow'), 300);
        else
          response.end(
            `${request.socket instanceof tls.TLSSocket ? 'https' : 'http'} ${Buffer.concat(chunks).length}`,
          );
      });
    }, pair);
    port = await listener.listen(0, '127.0.0.1');
  });
  after(async () => {
    await listener.close(1000);
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (protocol: typeof http | typeof https, where: string, body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = protocol.request(
        { host: '127.0.0.1', port, path: where, method: 'POST', ca: pair.authority, agent: false },
        response => {
          let text = '';
          response.setEncoding('utf8').on('data', chunk => {
            text += chunk;
          });
          response.on('end', () => resolve(text));
        },
      );
      request.on('error', reject);
      request.end(body);
    });

  test('both are answered, large bodies arrive whole', async () => {
    const body = 'x'.repeat(2_000_000);
    const answers = await Promise.all([
      ask(http, '/'),
      ask(https, '/'),
      ask(http, '/', body),
      ask(https, '/', body),
    ]);
    assert.deepEqual(answers, ['http 0', 'https 0', 'http 2000000', 'https 2000000']);
  });

  test('a client that trusts other authorities is not deceived; ALPN settles on HTTP/1.1', async () => {
    await assert.rejects(
      new Promise((_resolve, reject) =>
        https.get({ host: '127.0.0.1', port, agent: false }, reject).on('error', reject),
      ),
      /self-signed|unable to verify/i,
    );
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      ca: pair.authority,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
  });

  test('the first byte may come alone, and requests may follow on one connection', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let text = '';
    socket.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    socket.write('G');
    await new Promise(resolve => setTimeout(resolve, 20));
    socket.write(
      'ET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    await once(socket, 'close');
    assert.equal(text.match(/http 0/g)?.length, 2);
  });

  test('noise is answered with 400 or silence and harms nobody', async () => {
    for (const noise of [
      '\x16\x03\x01garbage that is no handshake',
      '\0\0\0\0',
      'HELLO\r\n\r\n',
      '\x80\x2e\x01',
    ]) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.end(noise);
      await once(socket, 'close');
    }
    assert.equal(await ask(http, '/'), 'http 0');
  });

  test('a renewed certificate is what new connections get', async () => {
    const other = await mkdtemp(path.join(os.tmpdir(), 'causeway-keys-'));
    const next = await ensureCertificates(other, [], Date.now());
    listener.renew(next);
    await assert.rejects(ask(https, '/'));
    listener.renew(pair);
    assert.equal(await ask(https, '/'), 'https 0');
    await rm(other, { recursive: true, force: true });
  });

  test('a taken port is named', async () => {
    const second = createListener(() => {}, pair);
    await assert.rejects(
      second.listen(port, '127.0.0.1'),
      error => isPlatformError(error, 'PortInUse') && error.message.includes(String(port)),
    );
    await second.close(100);
  });

  test('closing lets a request finish and does not wait for idle or silent connections', async () => {
    const closing = createListener((_request, response) => setTimeout(() => response.end('done'), 200), pair);
    const at = await closing.listen(0, '127.0.0.1');
    const silent = net.connect(at, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const busy = fetch(`http://127.0.0.1:${at}/`).then(answer => answer.text());
    await new Promise(resolve => setTimeout(resolve, 50));
    const started = performance.now();
    await closing.close(60_000);
    assert.equal(await busy, 'done');
    assert.ok(performance.now() - started < 30_000);
    await assert.rejects(fetch(`http://127.0.0.1:${at}/`));
  });

  test('@peculiar/x509 is loaded only when something has to be made', async () => {
    const script = `
      import { ensureCertificates } from ${JSON.stringify(import.meta.resolve('./certificate-files.ts'))};
      await ensureCertificates(${JSON.stringify(folder)}, [], Date.now());
      console.log('Reflect.metadata' in globalThis || typeof Reflect.getMetadata === 'function');`;
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout.trim(), 'false');
    assert.ok((await readFile(path.join(folder, 'ca.crt'), 'utf8')).includes('BEGIN CERTIFICATE'));
  });
});
