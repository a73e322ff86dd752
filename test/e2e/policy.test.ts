import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { realKubectl } from '@causeway/testkit';
import { bareServer, type Platform, type Ran, run, startPlatform, until } from './harness.ts';

const kubectl = realKubectl();

/** The rule of the issue that asked for policies, as it is. */
const runAsNonRoot = `package deployment

deny[msg] {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg = "Containers must not run as root"
}
`;

const policy = (name: string, source: object, more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'causeway.dev/v1',
    kind: 'Policy',
    metadata: { name },
    spec: {
      why: 'Each replica costs.',
      instead: 'Use three at most.',
      owner: 'platform',
      action: 'deny',
      match: { kinds: ['causeway.dev/Service'] },
      source,
      ...more,
    },
  });

const few = (most: number): string => `package few
import rego.v1
deny contains sprintf("%d replicas are too many", [input.spec.replicas]) if input.spec.replicas > ${most}
`;

const service = (name: string, replicas: number): string =>
  JSON.stringify({
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template: 'empty', replicas },
  });

describe('policies in a running platform', { skip: kubectl.skip }, () => {
  let platform: Platform;
  let env: Record<string, string>;
  before(async () => {
    platform = await startPlatform();
    const written = await platform.cli('kubeconfig', '--write');
    assert.equal(written.code, 0, written.stderr);
    env = {
      ...platform.env,
      KUBECONFIG: join(platform.data, 'credentials', 'kubeconfig'),
      KUBECACHEDIR: join(platform.folder, 'kubectl-cache'),
    };
  });
  after(() => platform?.down());

  const kube = (args: readonly string[], input = ''): Promise<Ran> => run(kubectl.path, args, { env, input });
  const apply = (object: string, ...more: readonly string[]): Promise<Ran> =>
    kube(['apply', '-f', '-', ...more], object);
  const applied = async (object: string): Promise<Ran> => {
    const ran = await apply(object);
    assert.equal(ran.code, 0, ran.stderr);
    return ran;
  };
  const isReady = (name: string): Promise<Ran> =>
    kube(['wait', `policy/${name}`, '--for=condition=Ready', '--timeout=30s']);
  const decisions = async (query: string) => {
    const { code, stdout, stderr } = await kube(['get', '--raw', `/api/policy/decisions?${query}`]);
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { decisions: { name: string; allowed: boolean; place: string }[] })
      .decisions;
  };

  test('[POL4] kubectl apply of a policy that does not compile names the place', async () => {
    const { code, stderr } = await apply(policy('typo', { inline: 'package few\n\ndeny[msg] {\n' }));
    assert.notEqual(code, 0);
    assert.match(stderr, /The Policy "typo" is invalid:[\s\S]*policy\.rego:\d+:\d+: /);
  });

  test('[POL3] kubectl apply reads the refusal aloud, dry or not, and its warnings', async () => {
    await applied(policy('few', { inline: few(3) }));
    await applied(policy('told', { inline: few(1) }, { action: 'warn' }));
    for (const more of [[], ['--server-side'], ['--dry-run=server']]) {
      const { code, stderr } = await apply(service('large', 9), ...more);
      assert.notEqual(code, 0);
      for (const words of [
        /Warning: policy told: 9 replicas are too many \(Use three at most\.\)/,
        /services "large" is refused by policy:\n✘ few: 9 replicas are too many\n/,
        / {2}Why: Each replica costs\.\n {2}Instead: Use three at most\.\n/,
        / {2}Exception: platform exception request few Service\/large --team default/,
      ])
        assert.match(stderr, words, more.join());
    }
    const warned = await applied(service('small', 2));
    assert.match(warned.stderr, /^Warning: policy told: 2 replicas are too many/);
    const scaled = await kube(['scale', 'service.causeway.dev/small', '-n', 'default', '--replicas=9']);
    assert.match(scaled.stderr, /✘ few: 9 replicas are too many/);
    assert.deepEqual(
      (await decisions('policy=few&team=default')).map(({ name, allowed }) => `${name} ${allowed}`),
      ['small false', 'small true', 'large false', 'large false'],
    );
    const denied = await kube(['delete', 'policy', 'few']);
    assert.match(denied.stderr, /policy "few" denies, so it is not deleted.*Set its action to audit first/s);
  });

  test('[POL3] git push is refused for a manifest that a rule in conftest’s shape denies', async () => {
    await applied(
      policy(
        'deployment',
        { inline: runAsNonRoot },
        { match: { kinds: ['Deployment'] }, why: 'w', instead: 'i' },
      ),
    );
    const clone = await platform.clone('small', {});
    const manifest = (context: string): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      securityContext: {${context}}\n      containers: [{name: web, image: 'registry.example/web:1.2'}]\n`;
    const refused = await platform.push(clone, { ...bareServer('hello'), 'deploy/web.yaml': manifest('') });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /deploy\/web\.yaml:1 is refused by policy:/);
    assert.match(refused.stderr, /✘ deployment: Containers must not run as root/);
    const taken = await platform.push(clone, { 'deploy/web.yaml': manifest('runAsNonRoot: true') });
    assert.equal(taken.code, 0, taken.stderr);
    assert.match(taken.stderr, /policy {2}\d+ rules passed/);
    assert.match(taken.stderr, /✔ policy {3}\d+ rules? passed/);
    assert.match(taken.stderr, /✔ serving/);
    assert.deepEqual(
      (await decisions('policy=deployment')).map(({ place, allowed }) => `${place} ${allowed}`),
      ['push true', 'push false'],
    );
  });

  test('[POL3] what a build would do, and what a release is, is refused in the push that asks for it', async () => {
    const clone = await platform.clone('small', {});
    const about = (kind: string) => ({ match: { kinds: [kind], teams: ['default'] } });
    const say = (rule: string) => ({ inline: `package x\nimport rego.v1\ndeny contains "no" if ${rule}\n` });
    await applied(policy('plan', say('input.spec.builder == "node"'), about('BuildPlan')));
    const planned = await platform.push(clone, bareServer('planned'));
    assert.match(planned.stderr, /✘ detect {3}Policies do not let this be built[\s\S]*✘ plan: no/);
    await kube(['patch', 'policy', 'plan', '--type=merge', '-p', '{"spec":{"action":"audit"}}']);
    await applied(policy('evidence', say('not input.spec.reviewed'), about('ReleaseEvidence')));
    const released = await platform.push(clone, bareServer('released'));
    assert.match(released.stderr, /Policies do not let small\.\d+ reach production[\s\S]*✘ evidence: no/);
    assert.match(
      released.stderr,
      /Exception: platform exception request evidence Service\/small --team default/,
    );
    assert.match((await platform.visit('small.localhost')).body, /hello/, 'what served goes on');
    const back = await platform.cli('rollback', 'small', '--to', '1');
    assert.notEqual(back.code, 0);
    await kube(['patch', 'policy', 'evidence', '--type=merge', '-p', '{"spec":{"action":"audit"}}']);
    const again = await platform.cli('deploy', 'small');
    assert.equal(again.code, 0, again.stderr);
    assert.match((await platform.visit('small.localhost')).body, /released/);
  });

  test('[POL4] a policy’s text is followed in git: each push is in force, a broken one is not', async () => {
    await applied(service('rules', 1));
    const clone = await platform.clone('rules', {});
    const push = async (text: string): Promise<void> => {
      const { code, stderr } = await platform.push(clone, {
        ...bareServer('rules'),
        'policies/few.rego': text,
      });
      assert.equal(code, 0, stderr);
    };
    await push(few(2));
    const git = { team: 'default', service: 'rules', branch: 'main', path: 'policies' };
    await applied(policy('followed', { git }, { match: { kinds: ['causeway.dev/Service'] } }));
    const ready = await isReady('followed');
    assert.equal(ready.code, 0, ready.stderr);
    const says = (words: RegExp) =>
      until(`${words}`, async () => words.test((await apply(service('git', 3), '--dry-run=server')).stderr));
    await says(/✘ followed: 3 replicas are too many/);
    await push('package few\n\ndeny[msg] {\n');
    await until('the fault in its status', async () =>
      /policies|few\.rego:\d+/.test(
        (
          await kube([
            'get',
            'policy',
            'followed',
            '-o',
            'jsonpath={.status.conditions[?(@.status=="False")].message}',
          ])
        ).stdout,
      ),
    );
    await says(/✘ followed: 3 replicas are too many/);
    await push(few(3));
    await until(
      'the newer text',
      async () => (await apply(service('git', 3), '--dry-run=server')).code === 0,
    );
  });
});
