import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realKubectl } from '@causeway/testkit';
import { type Platform, type Ran, run, startPlatform, until } from './harness.ts';

const kubectl = realKubectl();

describe('kubectl against a running platform', { skip: kubectl.skip }, () => {
  let platform: Platform;
  let environment: Record<string, string>;
  before(async () => {
    platform = await startPlatform();
    const written = await platform.cli('kubeconfig', '--write');
    assert.equal(written.code, 0, written.stderr);
    environment = environmentOf(join(platform.data, 'credentials', 'kubeconfig'));
    const created = await platform.cli('create', 'service', '--name', 'orders');
    assert.equal(created.code, 0, created.stderr);
  });
  after(() => platform?.down());

  const environmentOf = (kubeconfig: string) => ({
    ...platform.env,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(platform.folder, 'kubectl-cache'),
  });
  const kube = (args: readonly string[], input = '', env = environment): Promise<Ran> =>
    run(kubectl.path, args, { env, input });
  const ok = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kube(args, input);
    assert.equal(code, 0, `kubectl ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };
  const manifest = (kind: string, name: string, spec: object, metadata: object = {}): string =>
    JSON.stringify({ apiVersion: 'causeway.dev/v1', kind, metadata: { name, ...metadata }, spec });

  /** What it prints until it is ended. */
  const watching = (args: readonly string[]) => {
    const child: ChildProcess = spawn(kubectl.path, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', text => {
      output += text;
    });
    return {
      shows: (pattern: RegExp) => until(`${pattern} in ${args.join(' ')}`, async () => pattern.test(output)),
      end: () => child.kill(),
    };
  };

  test('get in every form', async () => {
    assert.match(await ok(['get', 'services', '-A']), /^NAMESPACE +NAME +PHASE.*\ndefault +orders +Running /);
    assert.match(
      await ok(['get', 'svc', 'orders', '-o', 'wide']),
      /READY +COMMIT.*\norders .* True +[0-9a-f]{40}/,
    );
    assert.match(await ok(['get', 'service', 'orders', '-o', 'yaml']), /\n {2}phase: Running\n/);
    assert.match(
      await ok(['get', 'builds,releases,rollouts,replicas,routes']),
      /rollout\.causeway\.dev\/orders\.production/,
    );
    assert.match(await ok(['get', 'builds', '-l', 'causeway.dev/service=orders']), /orders\.1/);
    assert.equal((await kube(['get', 'builds', '-l', 'causeway.dev/service=other'])).stdout, '');
    assert.match(await ok(['get', 'namespaces']), /^default +Active/m);
    assert.match(
      await ok(['api-resources', '--api-group=causeway.dev']),
      /^services +svc +causeway\.dev\/v1 +true +Service$/m,
    );
  });

  test('describe and explain', async () => {
    assert.match(await ok(['describe', 'service', 'orders']), /Name: +orders[\s\S]*Phase: +Running/);
    assert.match(
      await ok(['describe', 'rollout', 'orders.production']),
      /Events:[\s\S]*Serving[\s\S]*orders\.1 serves/,
    );
    assert.match(await ok(['explain', 'service.spec.http']), /healthPath\t<string>/);
    assert.match(await ok(['explain', 'rollouts.status']), /FIELDS:/);
  });

  test('apply makes a service with a repository; get -w, wait and a push show it come alive', async () => {
    const spec = { template: 'empty', variables: [{ name: 'GREETING', value: 'hi' }] };
    assert.match(await ok(['apply', '-f', '-'], manifest('Service', 'applied', spec)), /applied created/);
    assert.match(await ok(['apply', '-f', '-'], manifest('Service', 'applied', spec)), /applied unchanged/);
    await ok(['wait', '--for=condition=RepositoryReady', 'service/applied', '--timeout=30s']);
    const follow = watching(['get', 'service', 'applied', '-w', '--no-headers']);
    try {
      const waited = ok(['wait', '--for=condition=Ready', 'service/applied', '--timeout=60s']);
      const clone = await platform.clone('applied', {});
      const pushed = await platform.push(clone, {
        'server.js':
          "require('node:http').createServer((_, r) => r.end(process.env.GREETING)).listen(process.env.PORT);",
      });
      assert.equal(pushed.code, 0, pushed.stderr);
      assert.match(await waited, /condition met/);
      await follow.shows(/^applied +Building/m);
      await follow.shows(/^applied +Running +applied\.1/m);
    } finally {
      follow.end();
    }
    assert.equal((await platform.visit('applied.localhost')).body, 'hi');
  });

  test('patch rolls out, label and annotate do not disturb', async () => {
    const variables = '{"spec":{"variables":[{"name":"GREETING","value":"hello"}]}}';
    await ok(['patch', 'service', 'applied', '--type=merge', '-p', variables]);
    await until('the variable', async () => (await platform.visit('applied.localhost')).body === 'hello');
    await ok(['label', 'service', 'applied', 'tier=web']);
    await ok(['annotate', 'service', 'applied', 'note=mine']);
    assert.equal(
      await ok(['get', 'services', '-l', 'tier=web', '-o', 'name']),
      'service.causeway.dev/applied\n',
    );
    const refused = await kube([
      'patch',
      'service',
      'applied',
      '--type=merge',
      '-p',
      '{"spec":{"replicas":-1}}',
    ]);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /spec\.replicas/);
    assert.notEqual(
      (
        await kube([
          'patch',
          'service',
          'applied',
          '--subresource=status',
          '--type=merge',
          '-p',
          '{"status":{"phase":"Failed"}}',
        ])
      ).code,
      0,
      'status is the platform’s',
    );
  });

  test('a failing rollout tells its cause in events, describe and the condition', async () => {
    const clone = await platform.clone('applied', {});
    const pushed = await platform.push(clone, {
      'server.js': "console.error('no such table'); process.exit(3);",
    });
    assert.match(pushed.stderr, /no such table/);
    assert.match(
      await ok(['events', '--for', 'rollouts.causeway.dev/applied.production']),
      /Warning[\s\S]*3/,
    );
    assert.match(await ok(['get', 'events', '--field-selector', 'type=Warning']), /applied/);
    assert.match(await ok(['describe', 'service', 'applied']), /no such table/);
    assert.equal((await platform.visit('applied.localhost')).body, 'hello', 'the old release serves on');
  });

  test('delete waits until nothing of it is left', async () => {
    await ok(['delete', 'service', 'applied', '--timeout=60s']);
    assert.match((await kube(['get', 'service', 'applied'])).stderr, /NotFound/);
    await until('the route to go', async () => (await platform.visit('applied.localhost')).status === 404);
    assert.equal(await ok(['get', 'replicas', '-l', 'causeway.dev/service=applied', '-o', 'name']), '');
  });

  test('auth can-i and whoami', async () => {
    const { user } = JSON.parse(await readFile(join(platform.data, 'credentials', 'admin.json'), 'utf8'));
    assert.match(await ok(['auth', 'whoami']), new RegExp(`Username +${user}`));
    assert.equal(await ok(['auth', 'can-i', 'patch', 'services']), 'yes\n');
    const status = await kube(['auth', 'can-i', 'patch', 'services', '--subresource=status']);
    assert.match(status.stdout, /^no/);
  });

  describe('other people', () => {
    /** A person with a token of their own, as the platform's owner makes one. */
    const person = async (user: string): Promise<Record<string, string>> => {
      const token = randomBytes(32).toString('base64url');
      const spec = {
        user,
        sha256: createHash('sha256').update(token).digest('hex'),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      await ok(['create', '-f', '-'], manifest('AccessToken', `of-${user}`, spec));
      const file = join(platform.folder, `kubeconfig-${user}`);
      const config = await ok(['config', 'view', '--raw', '-o', 'json']);
      const parsed = JSON.parse(config);
      parsed.users[0].user = { token };
      await writeFile(file, JSON.stringify(parsed), { mode: 0o600 });
      return environmentOf(file);
    };
    let vera: Record<string, string>;
    let olga: Record<string, string>;
    before(async () => {
      const shop = manifest('Team', 'shop', {
        members: [
          { user: 'vera', role: 'viewer' },
          { user: 'dan', role: 'developer' },
        ],
      });
      await ok(['apply', '-f', '-'], shop);
      await ok(
        ['apply', '-f', '-'],
        manifest('Team', 'books', { members: [{ user: 'olga', role: 'owner' }] }),
      );
      await ok(['wait', '--for=condition=Ready', 'team/shop', 'team/books', '--timeout=30s']);
      await ok(['-n', 'shop', 'apply', '-f', '-'], manifest('Service', 'cart', { template: 'empty' }));
      vera = await person('vera');
      olga = await person('olga');
    });

    test('a viewer reads and may not change', async () => {
      assert.match((await kube(['auth', 'whoami'], '', vera)).stdout, /Username +vera/);
      assert.match((await kube(['-n', 'shop', 'get', 'services'], '', vera)).stdout, /^cart /m);
      const patch = [
        '-n',
        'shop',
        'patch',
        'service',
        'cart',
        '--type=merge',
        '-p',
        '{"spec":{"replicas":2}}',
      ];
      const refused = await kube(patch, '', vera);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /Forbidden[\s\S]*"vera" cannot patch[\s\S]*role developer in the team shop/,
      );
      assert.match(
        (await kube(['-n', 'shop', 'auth', 'can-i', 'patch', 'services'], '', vera)).stdout,
        /^no - .*developer/,
      );
      assert.equal(
        (await kube(['-n', 'shop', 'auth', 'can-i', 'get', 'services'], '', vera)).stdout,
        'yes\n',
      );
    });

    test('a foreign team sees nothing', async () => {
      const one = await kube(['-n', 'shop', 'get', 'service', 'cart'], '', olga);
      assert.match(one.stderr, /Forbidden/);
      assert.match((await kube(['-n', 'shop', 'get', 'services'], '', olga)).stderr, /Forbidden/);
      assert.doesNotMatch((await kube(['get', 'services,events', '-A'], '', olga)).stdout, /cart|orders/);
      assert.equal(
        (await kube(['get', 'teams', '-o', 'name'], '', olga)).stdout,
        'team.causeway.dev/books\n',
      );
      assert.match((await kube(['get', 'accesstokens'], '', olga)).stderr, /Forbidden/);
    });

    test('nobody issues a token for a process of the platform, and only the platform’s owners issue any', async () => {
      const forged = manifest('AccessToken', 'forged', {
        user: 'system:server',
        sha256: 'a'.repeat(64),
        expiresAt: '2999-01-01T00:00:00Z',
      });
      assert.match((await kube(['create', '-f', '-'], forged)).stderr, /Forbidden[\s\S]*own processes/);
      const own = forged.replace('system:server', 'olga');
      assert.match((await kube(['create', '-f', '-'], own, olga)).stderr, /Forbidden/);
    });

    test('a token that is deleted opens nothing any more', async () => {
      await ok(['delete', 'accesstoken', 'of-vera']);
      const refused = await kube(['-n', 'shop', 'get', 'services'], '', vera);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /logged in|Unauthorized/);
    });
  });
});
