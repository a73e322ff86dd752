import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Platform, startPlatform, until } from './harness.ts';

/** Says where it runs, and what it was sent. */
const api = {
  'server.js': `require('node:http').createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  response.end(['api of', process.env.CAUSEWAY_ENVIRONMENT, request.method, request.url, body].join(' ').trim());
}).listen(process.env.PORT);
`,
};

/** Asks the api every second, as programs in three languages do. */
const worker = {
  Procfile: 'worker: node work.js\n',
  'package.json': '{ "name": "worker", "private": true }',
  'work.js': `const { execFile } = require('node:child_process');
const base = process.env.PAYMENTS_API_URL;
const run = (name, file, args) => new Promise(done =>
  execFile(file, args, (error, stdout) => done(console.log(name + ': ' + (error ? error.code : stdout)))));
const python = 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())';
const ask = async () => {
  try {
    const answer = await fetch(base + '/charge?id=1', { method: 'POST', body: 'ten' });
    console.log('fetch: ' + (await answer.text()));
  } catch (error) {
    console.log('fetch failed: ' + error.cause);
  }
  await run('curl', 'curl', ['-sS', base + '/']);
  await run('python', 'python3', ['-c', python, base + '/']);
};
ask();
setInterval(ask, 1000);
`,
};

interface Replica {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly environment: string; readonly process: string };
  readonly status?: { readonly phase?: string };
}

describe('services', () => {
  let platform: Platform;
  before(async () => {
    platform = await startPlatform();
  });
  after(() => platform?.down());

  const logs = async (what: string): Promise<string> => (await platform.cli('logs', what)).stdout;
  /** Of the environment that ends. */
  const replicas = async (): Promise<Replica[]> => {
    const { stdout } = await platform.cli('get', 'replicas', '-o', 'json');
    const { items } = JSON.parse(stdout) as { items: Replica[] };
    return items.filter(({ spec }) => spec.environment === 'trial');
  };
  const ship = async (name: string, files: Readonly<Record<string, string>>): Promise<void> => {
    const created = await platform.cli('create', 'service', '--name', name, '--template', 'empty');
    assert.equal(created.code, 0, created.stderr);
    const pushed = await platform.push(await platform.clone(name, {}), files);
    assert.equal(pushed.code, 0, pushed.stderr);
  };

  test('[ENV18] a worker calls an api by its variable, from Node.js, curl and Python', async () => {
    await ship('payments-api', api);
    await ship('payments-worker', worker);
    const text = await until('the answers', async () => {
      const said = await logs('payments-worker');
      return ['fetch: ', 'curl: ', 'python: '].every(one => said.includes(one)) && said;
    });
    assert.match(text, /fetch: api of production POST \/charge\?id=1 ten/);
    if (!text.includes('curl: ENOENT')) assert.match(text, /curl: api of production GET \//);
    if (!text.includes('python: ENOENT')) assert.match(text, /python: api of production GET \//);
  });

  test('[ENV18] in an environment the same programs find the api of the environment', async () => {
    const file = join(platform.folder, 'trial.yaml');
    await writeFile(
      file,
      `apiVersion: causeway.dev/v1
kind: EnvironmentRequest
metadata:
  name: trial
spec:
  purpose: integration-test
  lifetime: 1d
  services:
    - name: payments-api
    - name: payments-worker
`,
    );
    const applied = await platform.cli('apply', '-f', file);
    assert.equal(applied.code, 0, applied.stderr);
    const worker = await until('the worker', async () =>
      (await replicas()).find(({ spec, status }) => spec.process === 'worker' && status?.phase === 'Ready'),
    );
    const said = await until('the answers', async () => {
      const text = await logs(`replica/${worker.metadata.name}`);
      return text.includes('fetch: api of trial POST /charge?id=1 ten') && text;
    });
    assert.doesNotMatch(said, /api of production/);
  });

  test('[ENV16] asleep nothing of it runs; the first request waits, wakes it and is answered', async () => {
    const slept = await platform.cli('env', 'sleep', 'trial');
    assert.equal(slept.code, 0, slept.stderr);
    await until('all to end', async () =>
      (await replicas()).every(({ status }) => status?.phase === 'Stopped'),
    );
    const answer = await platform.visit('payments-api.trial.default.localhost', '/hello');
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.body, 'api of trial GET /hello');
  });

  test('[ENV16] who asks while it falls asleep is answered, all of ten at once', async () => {
    const slept = await platform.cli('env', 'sleep', 'trial');
    assert.equal(slept.code, 0, slept.stderr);
    const asked = Array.from({ length: 10 }, () =>
      platform.visit('payments-api.trial.default.localhost', '/again'),
    );
    for (const answer of await Promise.all(asked)) {
      assert.equal(answer.status, 200, answer.body);
      assert.equal(answer.body, 'api of trial GET /again');
    }
  });
});
