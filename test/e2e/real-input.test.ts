import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePorts, type Platform, startPlatform, until } from './harness.ts';

const has = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const required = process.env.CAUSEWAY_REQUIRE_ALL === '1';
/** These fetch from package registries, so they run where everything is required, or when asked for. */
const wanted = required || process.env.CAUSEWAY_REAL_INPUT === '1';
const unless = (met: boolean, why: string): string | false => {
  if (!wanted) return 'fetches from package registries: set CAUSEWAY_REAL_INPUT=1';
  return met || required ? false : why;
};

/** Applications nobody here wrote, pushed as a tiny repository with only a manifest and a Procfile. */
describe('real applications', {
  skip: wanted ? false : 'fetches from package registries: set CAUSEWAY_REAL_INPUT=1',
}, () => {
  let platform: Platform;
  before(async () => {
    platform = await startPlatform();
  });
  after(() => platform?.down());

  const pushed = async (service: string, files: Record<string, string>): Promise<void> => {
    const created = await platform.cli('create', 'service', '--name', service, '--template', 'empty');
    assert.equal(created.code, 0, created.stderr);
    const clone = await platform.clone(service, {});
    const { code, stderr } = await platform.push(clone, files);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /serving/, stderr);
  };

  test('httpbin (PyPI) under gunicorn', {
    skip: unless(has('python3', '-c', 'import venv'), 'needs python3 with venv'),
  }, async () => {
    await pushed('httpbin', {
      'requirements.txt': 'httpbin==0.10.2\ngunicorn==23.0.0\nsetuptools<81\n',
      Procfile: '# a comment\nweb: gunicorn httpbin:app\n',
    });
    const answer = await platform.visit('httpbin.localhost', '/get?colour=blue');
    assert.equal(answer.status, 200, answer.body);
    assert.equal(JSON.parse(answer.body).args.colour, 'blue');
    assert.equal((await platform.visit('httpbin.localhost', '/status/418')).status, 418);
  });

  test('json-server (npm)', { skip: unless(true, '') }, async () => {
    await pushed('jsonserver', {
      'package.json': JSON.stringify({
        name: 'jsonserver',
        private: true,
        dependencies: { 'json-server': '0.17.4' },
      }),
      'db.json': JSON.stringify({ posts: [{ id: '1', title: 'a road' }] }),
      Procfile: 'web: json-server --port $PORT db.json\n',
    });
    const answer = await platform.visit('jsonserver.localhost', '/posts/1');
    assert.equal(answer.status, 200, answer.body);
    assert.equal(JSON.parse(answer.body).title, 'a road');
  });

  test('go-httpbin (Go modules)', {
    skip: unless(has('go', 'version'), 'needs go (https://go.dev)'),
  }, async () => {
    await pushed('gohttpbin', {
      'go.mod':
        'module gohttpbin\n\ngo 1.24\n\nrequire github.com/mccutchen/go-httpbin/v2 v2.15.0\n\ntool github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin\n',
      Procfile: 'web: go-httpbin -host 127.0.0.1 -port $PORT\n',
    });
    const answer = await platform.visit('gohttpbin.localhost', '/headers');
    assert.equal(answer.status, 200, answer.body);
    assert.ok(JSON.parse(answer.body).headers.Host);
  });

  test('a static site', { skip: unless(true, '') }, async () => {
    await pushed('site', {
      'index.html': '<!doctype html><title>Road</title>',
      'docs/index.html': 'docs',
      '404.html': 'lost',
    });
    const answer = await platform.visit('site.localhost');
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal((await platform.visit('site.localhost', '/docs/')).body, 'docs');
    assert.equal((await platform.visit('site.localhost', '/../../etc/passwd')).status, 404);
  });

  test('a program that ignores PORT, with the port said', { skip: unless(true, '') }, async () => {
    const created = await platform.cli('create', 'service', '--name', 'stubborn', '--template', 'empty');
    assert.equal(created.code, 0, created.stderr);
    const port = await freePorts();
    const file = join(platform.folder, 'stubborn.yaml');
    await writeFile(
      file,
      `apiVersion: causeway.dev/v1\nkind: Service\nmetadata: {name: stubborn, namespace: default}\nspec: {template: empty, http: {port: ${port}}}\n`,
    );
    const applied = await platform.cli('apply', '-f', file);
    assert.equal(applied.code, 0, applied.stderr);
    const clone = await platform.clone('stubborn', {});
    const { stderr } = await platform.push(clone, {
      'server.js': `require('node:http').createServer((q, r) => r.end('mine')).listen(${port});`,
    });
    assert.match(stderr, /serving/, stderr);
    assert.equal((await platform.visit('stubborn.localhost')).body, 'mine');
    const again = await platform.push(clone, {
      'server.js': `require('node:http').createServer((q, r) => r.end('still mine')).listen(${port});`,
    });
    assert.match(again.stderr, /serving/, again.stderr);
    assert.equal((await platform.visit('stubborn.localhost')).body, 'still mine');
    const broken = await platform.push(clone, { 'server.js': 'process.exit(3);' });
    assert.match(broken.stderr, /exit code 3/, broken.stderr);
    await until(
      'the previous release again',
      async () => (await platform.visit('stubborn.localhost')).body === 'still mine',
    );
  });

  test('a program that needs 20 s to start', { skip: unless(true, '') }, async () => {
    await pushed('slow', {
      'server.js':
        "setTimeout(() => require('node:http').createServer((q, r) => r.end('awake')).listen(process.env.PORT), 20000);",
    });
    assert.equal((await platform.visit('slow.localhost')).body, 'awake');
  });
});
