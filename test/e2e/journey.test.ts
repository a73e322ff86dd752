import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, startPlatform, until } from './harness.ts';

describe('from an empty machine to a pushed service in production', () => {
  let platform: Platform;
  before(async () => {
    platform = await startPlatform();
  });
  after(() => platform?.down());

  test('J1: the platform runs, and says how to reach it', async () => {
    const { code, stdout } = await platform.cli('status', '-o', 'json');
    assert.equal(code, 0);
    const status = JSON.parse(stdout);
    assert.equal(status.api, `http://127.0.0.1:${platform.port}`);
    assert.equal(status.gateway, `http://127.0.0.1:${platform.port + 10}`);
    assert.deepEqual(
      status.processes
        .map((process: { name: string; state: string }) => [process.name, process.state])
        .sort(),
      ['agent', 'gateway', 'postgres', 'server'].map(name => [name, 'running']),
    );
  });

  test('a second up says that it runs already', async () => {
    const { code, stdout, stderr } = await platform.cli('up', '--detach', '--port', String(platform.port));
    assert.equal(code, 0, stderr);
    assert.match(stdout + stderr, /already running/i);
  });

  test('J2: a service from the template is in production', async () => {
    const { code, stdout, stderr } = await platform.cli(
      'create',
      'service',
      '--name',
      'payments-api',
      '--template',
      'http-service',
    );
    assert.equal(code, 0, stderr);
    assert.ok(stdout.split('\n').includes("✔ Service 'payments-api' created successfully"), stdout);
    const answer = await platform.visit('payments-api.localhost');
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.body).service, 'payments-api');
    const status = await platform.status('payments-api');
    assert.equal(status.phase, 'Running');
    assert.equal(status.url, `http://payments-api.localhost:${platform.port + 10}`);
    assert.equal(status.release, 'payments-api.1');
    assert.equal(status.conditions?.find(condition => condition.type === 'Ready')?.status, 'True');
    assert.equal((await platform.visit('payments-api.default.localhost')).status, 200);
  });

  test('J3: an edit and a push are in production, and the pusher sees it', async () => {
    const clone = await platform.clone('payments-api', {});
    const source = await readFile(join(clone, 'handle.js'), 'utf8');
    await writeFile(join(clone, 'handle.js'), source.replace("status: 'ok'", "status: 'splendid'"));
    const pushed = await platform.push(clone, {});
    assert.equal(pushed.code, 0, pushed.stderr);
    for (const word of ['test', 'serving', 'http://payments-api.localhost'])
      assert.match(pushed.stderr, new RegExp(`remote: .*${word}`));
    assert.match((await platform.visit('payments-api.localhost', '/healthz')).body, /splendid/);
  });

  test('[DEL4] a rollback is at once and holds until a newer push', async () => {
    const back = await platform.cli('rollback', 'payments-api');
    assert.equal(back.code, 0, back.stderr);
    assert.match((await platform.visit('payments-api.localhost', '/healthz')).body, /"ok"/);
    const again = await platform.cli('deploy', 'payments-api');
    assert.equal(again.code, 0, again.stderr);
    assert.match(
      (await platform.visit('payments-api.localhost', '/healthz')).body,
      /splendid/,
      'a deploy asked for later moves on',
    );
  });

  test('variables reach the process, and a change of them rolls out', async () => {
    await platform.cli('create', 'service', '--name', 'vars', '--template', 'empty');
    const clone = await platform.clone('vars', {});
    await platform.push(clone, {
      'server.js':
        "require('node:http').createServer((q, r) => r.end(`greeting=${process.env.GREETING}`)).listen(process.env.PORT);",
    });
    assert.match((await platform.visit('vars.localhost')).body, /undefined/);
    const set = await platform.cli('set', 'vars', 'GREETING=hello');
    assert.equal(set.code, 0, set.stderr);
    await until(
      'the variable',
      async () => (await platform.visit('vars.localhost')).body === 'greeting=hello',
    );
  });

  test('logs are there, and go on', async () => {
    const { code, stdout } = await platform.cli('logs', 'payments-api');
    assert.equal(code, 0);
    assert.match(stdout, /listening on/);
  });

  test('a worker runs beside the web process', async () => {
    await platform.cli('create', 'service', '--name', 'mixed', '--template', 'empty');
    const clone = await platform.clone('mixed', {});
    const pushed = await platform.push(clone, {
      ...bareServer('web'),
      'worker.js': "console.log('worker at work'); setInterval(() => {}, 1000);",
      Procfile: '# two processes\nweb: node server.js\nworker: node worker.js\nrelease: echo "migrated"\n',
    });
    assert.equal(pushed.code, 0, pushed.stderr);
    await until('the worker’s log', async () =>
      (await platform.cli('logs', 'mixed')).stdout.includes('worker at work'),
    );
  });

  test('insights are computed from what happened', async () => {
    const { code, stdout } = await platform.cli('insights', '-o', 'json');
    assert.equal(code, 0);
    const insights = JSON.parse(stdout);
    assert.ok(insights.total.leadTime.n >= 2, stdout);
    assert.ok(insights.total.timeToFirstTraffic.n >= 1, stdout);
  });

  test('deleting a service leaves no process and no route', async () => {
    const removed = await platform.cli('delete', 'service', 'mixed');
    assert.equal(removed.code, 0, removed.stderr);
    await until('the route to go', async () => (await platform.visit('mixed.localhost')).status === 404);
  });
});
