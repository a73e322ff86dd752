import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, type Ran, startPlatform, until } from './harness.ts';

const file = (lifetime = '14d'): string => `apiVersion: platform.kubedojo.io/v1
kind: EnvironmentRequest
metadata:
  name: staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: ${lifetime}
  dataClassification: internal
  services:
    - name: payments-api
      replicas: 2
`;

describe('the command for environments', () => {
  let platform: Platform;
  const team = 'payments-team';
  const env = (...args: readonly string[]): Promise<Ran> => platform.cli('env', ...args, '-n', team);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await env(...args);
    assert.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };

  before(async () => {
    platform = await startPlatform({}, 'apiGroups: [platform.kubedojo.io]\n');
    assert.equal((await platform.cli('create', 'team', team)).code, 0);
    const created = await platform.cli(
      'create',
      'service',
      'payments-api',
      '-n',
      team,
      '--template',
      'empty',
    );
    assert.equal(created.code, 0, created.stderr);
    const clone = join(platform.folder, 'payments-api');
    const { cloneUrl = '' } = await platform.status('payments-api', team);
    assert.equal((await platform.git(platform.folder, 'clone', '-q', cloneUrl, clone)).code, 0);
    await platform.git(clone, 'checkout', '-q', '-B', 'main');
    const pushed = await platform.push(clone, bareServer('it answers'));
    assert.equal(pushed.code, 0, pushed.stderr);
    await writeFile(join(platform.folder, 'staging.yaml'), file());
  });
  after(() => platform?.down());

  test('[ENV21] a field that is written wrong is refused by its name, not left out', async () => {
    await writeFile(join(platform.folder, 'typo.yaml'), file().replace('lifetime:', 'lifetme:'));
    for (const command of [
      ['env', 'request', '-f', 'typo.yaml', '--dry-run'],
      ['apply', '-f', 'typo.yaml'],
    ]) {
      const { code, stderr } = await platform.cli(...command);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /unknown field "spec\.lifetme"/);
    }
    const { stdout } = await platform.cli('env', 'list', '-n', team);
    assert.doesNotMatch(stdout, /staging/);
  });

  test('[ENV21] from the file to the end, told at every step', async () => {
    // The owner in the file says whose it is.
    const requested = await platform.cli('env', 'request', '-f', 'staging.yaml');
    assert.equal(requested.code, 0, requested.stderr);
    assert.match(requested.stdout, /^✔ Environment 'staging' is ready \(\d+\.\d s\)\n/);
    assert.match(requested.stdout, /\n {2}Expires {7}in 14 d \(/);
    assert.match(
      requested.stderr,
      /… payments-api {2}Starting {3}Waits for .*\n[\s\S]*✔ payments-api {2}Serving /,
    );

    const { status, spec } = JSON.parse(await ok('describe', 'staging', '-o', 'json'));
    assert.ok(
      status.conditions.some(
        (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
      ),
    );
    assert.equal(typeof status.readyAfterMs, 'number');
    assert.equal(spec.owner, team);
    const url = status.urls['payments-api'];
    assert.equal(await ok('open', 'staging'), `${url}\n`);
    assert.equal((await platform.visit(new URL(url).hostname)).body, 'it answers');
    assert.match(await ok('list'), /^staging +Ready +1\/1 +http:\S+ +in 14 d +payments-team$/m);
    assert.match(
      await ok('describe', 'staging'),
      /^Environment staging of team payments-team: Ready\n[\s\S]*payments-api +Serving /,
    );

    assert.match(await ok('extend', 'staging', '--by', '7d'), /extended by 7d: it goes in 21 d/);
    assert.equal(
      Math.round(
        (Date.parse(JSON.parse(await ok('describe', 'staging', '-o', 'json')).status.expiresAt) -
          Date.parse(status.expiresAt)) /
          86_400_000,
      ),
      7,
    );
    assert.match(await ok('renew', 'staging'), /begins anew: it goes in 21 d/);
    await ok('sleep', 'staging');
    await until('it sleeps', async () => /^staging +Asleep/m.test(await ok('list')));
    assert.match(await ok('wake', 'staging'), /^✔ Environment 'staging' is awake\n {2}payments-api {2}http/);

    const ended = await platform.cli('delete', 'environment', 'staging', '-n', team);
    assert.equal(ended.code, 0, ended.stderr);
    await until('it is told to be gone', async () => /^staging +Gone/m.test(await ok('list')));
    const late = await env('extend', 'staging', '--by', '7d');
    assert.equal(late.code, 4);
    assert.match(
      late.stderr,
      /is gone: it was deleted\.\nnext: To have it again: .*platform'? env recreate staging/,
    );
    assert.match(await ok('recreate', 'staging'), /^✔ Environment 'staging' is ready/);
    assert.match(
      await ok('delete', 'staging'),
      /^✔ Environment 'staging' deleted, with what runs in it: payments-api\n$/,
    );
    assert.doesNotMatch(await ok('list'), /staging/);
  });

  test('[ENV6] [ENV21] what cannot be is said once, with the right answer', async () => {
    const unknown = await env('request', 'wrong', '--service', 'payment-api');
    assert.equal(unknown.code, 2);
    assert.equal(
      unknown.stderr,
      "✘ There is no service 'payment-api' in payments-team\nnext: Did you mean 'payments-api'?\n",
    );
    const broken = await env(
      'request',
      'broken',
      '--service',
      'payments-api',
      '--branch',
      'payments-api=nope',
    );
    assert.notEqual(broken.code, 0);
    assert.match(
      broken.stderr,
      /Environment 'broken' is not ready\. payments-api: payments-api has no branch 'nope'\n/,
    );
    assert.match(broken.stderr, /\nnext: Push it, or name one that is there: /);
    await ok('delete', 'broken');
  });
});
