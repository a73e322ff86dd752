import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, startPlatform, until } from './harness.ts';

/** As an organisation has it in its own repository. */
const file = (lifetime = '14d'): string => `apiVersion: platform.kubedojo.io/v1
kind: EnvironmentRequest
metadata:
  name: payments-staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: ${lifetime}
  region: eu-central-1
  dataClassification: internal
  services:
    - name: payments-api
      replicas: 2
    - name: payments-worker
      replicas: 1
`;

interface Seen {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly lifetime?: string };
  readonly status?: {
    readonly urls?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

describe('[SRC4] files of the platform in git', () => {
  let platform: Platform;
  let clone: string;
  const team = 'payments-team';
  const get = async (...what: readonly string[]): Promise<Seen | undefined> => {
    const { code, stdout } = await platform.cli('get', ...what, '-n', team, '-o', 'json');
    return code === 0 ? (JSON.parse(stdout) as Seen) : undefined;
  };

  before(async () => {
    platform = await startPlatform(
      {},
      'apiGroups: [platform.kubedojo.io]\nrateCard: {currency: EUR, cpu: 20, memory: 4}\n',
    );
    assert.equal((await platform.cli('create', 'team', team)).code, 0);
    for (const service of ['payments-worker', 'payments-api']) {
      const created = await platform.cli('create', 'service', service, '-n', team, '--template', 'empty');
      assert.equal(created.code, 0, created.stderr);
      clone = join(platform.folder, service);
      const { cloneUrl = '' } = await platform.status(service, team);
      assert.equal((await platform.git(platform.folder, 'clone', '-q', cloneUrl, clone)).code, 0);
      await platform.git(clone, 'checkout', '-q', '-B', 'main');
      const pushed = await platform.push(clone, bareServer(`${service} answers`));
      assert.equal(pushed.code, 0, pushed.stderr);
    }
  });
  after(() => platform?.down());

  test('a branch is told what a merge would do; the release branch applies it; what is gone from it goes', async () => {
    await platform.git(clone, 'checkout', '-q', '-b', 'staging');
    // Commits on the branch; main, which is what it pushes, has nothing new.
    await platform.push(clone, { 'platform/staging.yaml': file('14 days') });
    const proposed = await platform.git(clone, 'push', 'origin', 'staging');
    assert.equal(proposed.code, 0, proposed.stderr);
    assert.match(proposed.stderr, /Merging staging would be refused:/);
    assert.match(proposed.stderr, /✘ platform\/staging\.yaml:8: spec\.lifetime: must be a duration/);

    await platform.git(clone, 'checkout', '-q', 'main');
    const refused = await platform.push(clone, { 'platform/staging.yaml': file('14 days') });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /What the files of platform\/ say is refused:[\s\S]*staging\.yaml:8/);

    const applied = await platform.push(clone, { 'platform/staging.yaml': file() });
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(
      applied.stderr,
      /\+ EnvironmentRequest\/payments-staging \(platform\/staging\.yaml:1\) {2}\+\d+\.\d\d EUR a month/,
    );
    const ready = await until('the environment', async () => {
      const seen = await get('environmentrequest', 'payments-staging');
      return (
        seen?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') && seen
      );
    });
    assert.equal(ready.metadata.annotations?.['causeway.dev/source'], 'payments-api');
    assert.equal(ready.metadata.annotations?.['causeway.dev/source-path'], 'platform/staging.yaml');
    const url = new URL(ready.status?.urls?.['payments-api'] ?? '');
    assert.equal((await platform.visit(url.hostname)).body, 'payments-api answers');

    await rm(join(clone, 'platform'), { recursive: true });
    const removed = await platform.push(clone, { 'README.md': 'No environment any more.\n' });
    assert.equal(removed.code, 0, removed.stderr);
    assert.match(removed.stderr, /- EnvironmentRequest\/payments-staging/);
    await until('the environment to go', async () => !(await get('environment', 'payments-staging')));
    await until('the request to go', async () => !(await get('environmentrequest', 'payments-staging')));
  });
});
