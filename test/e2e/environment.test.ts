import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realKubectl } from '@causeway/testkit';
import { bareServer, type Platform, type Ran, run, startPlatform, until } from './harness.ts';
import { processesOf } from './left-behind.ts';

const kubectl = realKubectl();

/** As a team writes it, in its organisation’s own group. */
const request = `apiVersion: platform.kubedojo.io/v1
kind: EnvironmentRequest
metadata:
  name: payments-staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: 14d
  region: eu-central-1
  dataClassification: internal
  services:
    - name: payments-api
      replicas: 2
    - name: payments-worker
      replicas: 1
`;

interface Shown {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly phase?: string;
    readonly urls?: Readonly<Record<string, string>>;
    readonly expiresAt?: string;
    readonly readyAfterMs?: number;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

describe('an environment on request', { skip: kubectl.skip }, () => {
  let platform: Platform;
  let env: Record<string, string>;
  const team = 'payments-team';

  before(async () => {
    platform = await startPlatform({}, 'apiGroups: [platform.kubedojo.io]\n');
    const made = await platform.cli('create', 'team', team);
    assert.equal(made.code, 0, made.stderr);
    for (const name of ['payments-api', 'payments-worker']) {
      const created = await platform.cli('create', 'service', name, '--team', team, '--template', 'empty');
      assert.equal(created.code, 0, created.stderr);
      const { cloneUrl = '' } = await platform.status(name, team);
      const clone = join(platform.folder, name);
      assert.equal((await platform.git(platform.folder, 'clone', '-q', cloneUrl, clone)).code, 0);
      await platform.git(clone, 'checkout', '-q', '-B', 'main');
      const pushed = await platform.push(clone, bareServer(`${name} answers`));
      assert.equal(pushed.code, 0, pushed.stderr);
    }
    const written = await platform.cli('kubeconfig', '--write');
    assert.equal(written.code, 0, written.stderr);
    env = {
      ...platform.env,
      KUBECONFIG: join(platform.data, 'credentials', 'kubeconfig'),
      KUBECACHEDIR: join(platform.folder, 'kubectl-cache'),
    };
  });
  after(() => platform?.down());

  const kube = (args: readonly string[], input = ''): Promise<Ran> =>
    run(kubectl.path, ['-n', team, ...args], { env, input });
  const shown = async (kind: string): Promise<Shown | undefined> => {
    const { code, stdout } = await kube(['get', kind, 'payments-staging', '-o', 'json']);
    return code === 0 ? (JSON.parse(stdout) as Shown) : undefined;
  };
  const list = async (kind: string): Promise<string[]> => {
    const { code, stdout, stderr } = await kube(['get', kind, '-o', 'name']);
    assert.equal(code, 0, stderr);
    return stdout.split('\n').filter(Boolean).sort();
  };
  /** All that could be left behind: objects, processes, files. */
  const machine = async () => ({
    objects: (
      await Promise.all(['environments', 'rollouts', 'replicas', 'routes', 'builds', 'releases'].map(list))
    ).flat(),
    processes: (await processesOf(platform.data)).filter(line => line.includes('server.js')).length,
    workloads: (await readdir(join(platform.data, 'workloads'))).length,
    artifacts: (await readdir(join(platform.data, 'artifacts'))).length,
  });

  test('[ENV1] the file works as it is by kubectl apply, and the environment serves; [ENV3] nothing is left behind', async t => {
    const before = await machine();
    const applied = await kube(['apply', '-f', '-'], request);
    assert.equal(applied.code, 0, applied.stderr);
    const waited = await kube([
      'wait',
      'environmentrequest/payments-staging',
      '--for=condition=Ready',
      '--timeout=60s',
    ]);
    assert.equal(
      waited.code,
      0,
      waited.stderr + (await kube(['describe', 'envreq', 'payments-staging'])).stdout,
    );
    const { status } = (await shown('environmentrequest')) ?? {};
    t.diagnostic(`ready ${status?.readyAfterMs} ms after the request`);
    assert.ok(status?.readyAfterMs !== undefined && status.expiresAt !== undefined);
    for (const name of ['payments-api', 'payments-worker']) {
      const { hostname } = new URL(status.urls?.[name] ?? '');
      assert.equal(hostname, `${name}.payments-staging.${team}.localhost`);
      assert.equal((await platform.visit(hostname)).body, `${name} answers`);
    }
    assert.equal((await shown('environment'))?.status?.phase, 'Ready');
    const replicas = (await list('replicas')).filter(name => name.includes('.payments-staging.'));
    assert.equal(replicas.length, 3);

    const again = await kube(['apply', '-f', '-'], request);
    assert.match(again.stdout, /unchanged/);

    const removed = await kube(['delete', 'environmentrequest', 'payments-staging', '--timeout=60s']);
    assert.equal(removed.code, 0, removed.stderr);
    await until('the machine to be as before', async () => {
      const now = await machine();
      return JSON.stringify(now) === JSON.stringify(before);
    }).catch(async error => {
      assert.deepEqual(await machine(), before);
      throw error;
    });
  });

  test('[ENV6] what cannot be is refused by kubectl in one sentence', async () => {
    const { code, stderr } = await kube(
      ['apply', '-f', '-'],
      request.replace('payments-worker', 'payment-worker'),
    );
    assert.notEqual(code, 0);
    assert.match(
      stderr,
      /There is no service 'payment-worker' in payments-team\. Did you mean 'payments-worker'\?/,
    );
    const elsewhere = await run(kubectl.path, ['-n', 'default', 'apply', '-f', '-'], { env, input: request });
    assert.match(
      elsewhere.stderr,
      /The owner of 'payments-staging' is payments-team, but it is asked for in default/,
    );
  });

  test('[ENV4] it is gone with all it had when its time is over', async () => {
    const before = await machine();
    const applied = await kube(['apply', '-f', '-'], request.replace('14d', '6s'));
    assert.equal(applied.code, 0, applied.stderr);
    await until('its end', async () => (await shown('environmentrequest'))?.status?.phase === 'Gone');
    const { status } = (await shown('environmentrequest')) ?? {};
    assert.ok(Date.now() >= Date.parse(status?.expiresAt ?? ''));
    await until('nothing to be left', async () => JSON.stringify(await machine()) === JSON.stringify(before));
  });

  test('[ENV4] what ended while nothing ran is gone as soon as something does', async () => {
    const applied = await kube(
      ['apply', '-f', '-'],
      request.replace('payments-staging', 'outage').replace('14d', '12s'),
    );
    assert.equal(applied.code, 0, applied.stderr);
    const found = async () => {
      const { code, stdout } = await kube(['get', 'environmentrequest', 'outage', '-o', 'json']);
      return code === 0 ? (JSON.parse(stdout) as Shown) : undefined;
    };
    const { expiresAt = '' } = await until('its end to be known', async () => {
      const status = (await found())?.status;
      return status?.expiresAt !== undefined && status;
    });
    const down = await platform.cli('down');
    assert.equal(down.code, 0, down.stderr);
    await new Promise(resolve => setTimeout(resolve, Math.max(0, Date.parse(expiresAt) - Date.now())));
    const up = await platform.cli('up', '--detach', '--port', String(platform.port));
    assert.equal(up.code, 0, up.stderr);
    await until('its end', async () => (await found())?.status?.phase === 'Gone');
    assert.deepEqual(
      (await list('replicas')).filter(name => name.includes('.outage.')),
      [],
    );
  });
});
