import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, startPlatform } from './harness.ts';

const environment = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'causeway.dev/v1', kind: 'Environment', metadata: { name }, spec });

describe('a release goes from staging to production', () => {
  let platform: Platform;
  let clone: string;
  before(async () => {
    platform = await startPlatform();
    for (const object of [
      environment('staging', { order: 10, variables: [{ name: 'STAGE', value: 'yes' }] }),
      environment('production', { order: 20, deploys: 'promotion' }),
    ])
      await apply(object);
    await platform.cli('create', 'service', 'payments-api', '--template', 'empty');
    clone = await platform.clone('payments-api', {});
  });
  after(() => platform?.down());

  const apply = async (object: string): Promise<void> => {
    const file = join(platform.folder, 'environment.json');
    await writeFile(file, object);
    const { code, stderr, stdout } = await platform.cli('apply', '-f', file);
    assert.equal(code, 0, stderr + stdout);
  };
  const artifactIn = async (where: string): Promise<string[]> => {
    const { stdout } = await platform.cli('get', 'replicas', '-o', 'json');
    const { items } = JSON.parse(stdout) as {
      items: { spec: { environment: string; artifact: { digest: string } } }[];
    };
    return items.filter(({ spec }) => spec.environment === where).map(({ spec }) => spec.artifact.digest);
  };

  test('[PRO1] a push goes to staging alone, and says where', async () => {
    const pushed = await platform.push(clone, bareServer('one'));
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.match(pushed.stderr, /✔ serving {2}http:\/\/payments-api\.staging\.default\.localhost/);
    assert.equal((await platform.visit('payments-api.staging.default.localhost')).body, 'one');
    assert.equal((await platform.visit('payments-api.localhost')).status, 404);
    const { conditions } = await platform.status('payments-api');
    assert.match(
      conditions?.find(({ type }) => type === 'Ready')?.message ?? '',
      /platform promote payments-api --to production/,
    );
  });

  test('[PRO2] promotion serves the same artefact in production', async () => {
    const { code, stdout, stderr } = await platform.cli('promote', 'payments-api', '--to', 'production');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✔ payments-api\.1 serves in production\n {2}http:\/\/payments-api\.localhost/);
    assert.equal((await platform.visit('payments-api.localhost')).body, 'one');
    const [staging, production] = await Promise.all([artifactIn('staging'), artifactIn('production')]);
    assert.deepEqual(staging, production);
    assert.equal((await platform.cli('get', 'builds', '-o', 'name')).stdout.trim().split('\n').length, 1);
    const again = await platform.cli('promote', 'payments-api', '--to', 'production');
    assert.match(again.stdout, /✔ payments-api\.1 serves in production already/);
    const wrong = await platform.cli('promote', 'payments-api', '--to', 'prodution');
    assert.match(wrong.stderr, /Did you mean 'production'\?/);
    assert.equal(wrong.code, 4);
  });

  test('[PRO3] a gate says what is in the way, and the promotion waits', async () => {
    await apply(
      environment('production', {
        order: 20,
        deploys: 'promotion',
        gates: [{ name: 'four-eyes', approval: { role: 'owner' } }],
      }),
    );
    assert.equal((await platform.push(clone, bareServer('two'))).code, 0);
    const { code, stderr } = await platform.cli('promote', 'payments-api', '--to', 'production');
    assert.equal(code, 6, stderr);
    assert.match(stderr, /payments-api\.2 waits to be promoted to production\./);
    assert.match(stderr, /four-eyes: needs the approval of an owner other than /);
    assert.equal((await platform.visit('payments-api.localhost')).body, 'one');
    assert.equal((await platform.visit('payments-api.staging.default.localhost')).body, 'two');
    const releases = await platform.cli('releases', 'payments-api');
    assert.match(releases.stdout, /payments-api\.2 .*serving in staging\n/);
    assert.match(releases.stdout, /payments-api\.1 .*serving\n/);
    const back = await platform.cli('rollback', 'payments-api', '--environment', 'staging');
    assert.match(back.stdout, /✔ payments-api\.1 serves again in staging, until a newer push/);
    const waiting = await platform.cli('get', 'promotions');
    assert.match(waiting.stdout, /payments-api\.production .* Waiting/);
  });
});
