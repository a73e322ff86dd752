import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { TextFile } from '@causeway/contracts';
import { findCondition, PlatformError, type Policy, PolicyKind, ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit';
import { celEngine } from '../testing/cel-engine.ts';
import { ada, celPolicy, createPolicyWorld, type PolicyWorld } from '../testing/policy-world.ts';
import { policyController } from './policy-controller.ts';

const system = { user: 'system:server' };
const key = { namespace: '', name: 'few' };
const git = { git: { team: 'shop', service: 'rules', branch: 'main', path: 'policies' } };
const few = (most: number) => `object.spec.replicas <= ${most}`;

describe('a policy’s text and status', () => {
  let world: PolicyWorld;
  let commit: string | undefined;
  let files: readonly TextFile[];
  let bundle: { sha256: string; files: readonly TextFile[] };
  let nudge: () => void;
  beforeEach(async () => {
    world = await createPolicyWorld();
    commit = 'c1';
    files = [{ path: 'few.cel', text: few(3) }];
    bundle = { sha256: 'a'.repeat(64), files };
    const controller = world.engine.run(
      policyController({
        engine: world.engine,
        policyEngine: celEngine(),
        repositories: { resolve: async () => commit, read: async () => files },
        bundles: {
          async read(_url, sha256) {
            if (sha256 === bundle.sha256) return bundle.files;
            throw new PlatformError('Invalid', 'the bundle is another than the one that is named');
          },
        },
      }),
    );
    nudge = () => controller.nudge(key);
  });
  afterEach(() => world.close());

  const comes = (
    what: string,
    holds: (status: NonNullable<Policy['status']>) => boolean,
  ): Promise<string> => {
    const status = () => world.engine.store.peek(PolicyKind, key)?.status ?? {};
    const look = () => {
      const ready = findCondition(status().conditions, 'Ready');
      return holds(status()) && `${ready?.status} ${ready?.reason}: ${ready?.message}`;
    };
    return until(what, look, { seen: status });
  };
  const isReady = (wanted: string, reason?: string) => (status: NonNullable<Policy['status']>) => {
    const ready = findCondition(status.conditions, 'Ready');
    return ready?.status === wanted && (reason === undefined || ready.reason === reason);
  };
  const fits = async (replicas: number): Promise<boolean> => {
    await world.registry.settled();
    return world.store
      .create(
        ServiceKind,
        { metadata: { namespace: 'shop', name: `s${replicas}` }, spec: { replicas } },
        ada,
        {
          dryRun: true,
        },
      )
      .then(
        () => true,
        error => {
          assert.equal(error.code, 'PolicyDenied');
          return false;
        },
      );
  };

  test('[POL4] a branch is followed; what is broken, or gone, replaces nothing', async () => {
    await world.store.create(PolicyKind, celPolicy('few', '', { source: git }), ada);
    await comes('c1', status => status.commit === 'c1' && isReady('True')(status));
    assert.deepEqual([await fits(3), await fits(4)], [true, false]);

    [commit, files] = ['c2', [{ path: 'few.cel', text: 'object.spec.replicas <=' }]];
    nudge();
    const broken = await comes('broken', isReady('False', 'Broken'));
    assert.match(broken, /few\.cel:1.*Until it is mended the text of c1 judges\./s);
    assert.deepEqual([await fits(3), await fits(4)], [true, false]);
    assert.equal(world.engine.store.peek(PolicyKind, key)?.status?.commit, 'c1');

    commit = undefined;
    nudge();
    assert.match(await comes('gone', isReady('False', 'NotRead')), /no branch main in shop\/rules/);
    files = [];
    commit = 'c3';
    nudge();
    assert.match(
      await comes('empty', status => /holds no \.cel/.test(JSON.stringify(status.conditions))),
      /policies holds no \.cel file/,
    );
    assert.deepEqual([await fits(3), await fits(4)], [true, false]);

    [commit, files] = [
      'c4',
      [
        { path: 'a.cel', text: few(5) },
        { path: 'README.md', text: '#' },
      ],
    ];
    nudge();
    await comes('c4', status => status.commit === 'c4' && isReady('True')(status));
    assert.deepEqual([await fits(5), await fits(6)], [true, false]);
  });

  test('[POL4] a bundle counts only with its digest; the last good one stays', async () => {
    const of = (sha256: string) => ({ bundle: { url: 'https://example.com/b.tar.gz', sha256 } });
    await world.store.create(PolicyKind, celPolicy('few', '', { source: of('a'.repeat(64)) }), ada);
    await comes('the bundle', isReady('True'));
    assert.deepEqual([await fits(3), await fits(4)], [true, false]);
    const name = (sha256: string) =>
      world.store.mutate(
        PolicyKind,
        key,
        one => ({ ...one, spec: { ...one.spec, source: of(sha256) } }),
        ada,
      );
    await name('b'.repeat(64));
    assert.match(
      await comes('refused', isReady('False', 'NotRead')),
      /another than the one.*the text of aaaaaaaaaa judges/s,
    );
    assert.deepEqual([await fits(3), await fits(4)], [true, false]);
    bundle = { sha256: 'b'.repeat(64), files: [{ path: 'x/few.cel', text: few(5) }] };
    nudge();
    await comes('the other', status => status.commit === 'b'.repeat(64) && isReady('True')(status));
    assert.deepEqual([await fits(5), await fits(6)], [true, false]);
  });

  test('a text of its own: what judges is said, with what errors come to, and when it is broken', async () => {
    await world.store.create(PolicyKind, celPolicy('few', few(3), { onError: 'allow' }), ada);
    const ready = await comes('ready', isReady('True'));
    assert.match(ready, /refused\. What it cannot evaluate passes \(onError: allow\)\.$/);
    const { digest } = world.engine.store.peek(PolicyKind, key)?.status ?? {};
    assert.match(digest ?? '', /^[0-9a-f]{64}$/);
    await world.engine.store.mutate(
      PolicyKind,
      key,
      one => ({ ...one, spec: { ...one.spec, source: { inline: ')' } } }),
      system,
    );
    assert.match(
      await comes('broken', isReady('False', 'Broken')),
      /policy\.cel:1.*others let everything pass/s,
    );
    await world.engine.store.mutate(
      PolicyKind,
      key,
      one => ({ ...one, spec: { ...one.spec, source: git } }),
      system,
    );
    await comes('git', status => status.commit === 'c1' && isReady('True')(status));
    await world.engine.store.mutate(
      PolicyKind,
      key,
      one => ({ ...one, spec: { ...one.spec, source: { inline: few(9) } } }),
      system,
    );
    await comes('its own again', status => status.modules === undefined && isReady('True')(status));
    assert.deepEqual([await fits(9), await fits(10)], [true, false]);
  });
});
