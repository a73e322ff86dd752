import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Evidence, EvidenceKind } from '@causeway/model';
import { until } from '@causeway/testkit';
import { withGuardedExceptions } from '../exception/guarded-exceptions.ts';
import { ada, createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';
import { evidenceController } from './evidence-controller.ts';

describe('evidence', () => {
  let world: PolicyWorld;
  const submit = async (name: string, spec: object, actor = ada): Promise<Evidence> => {
    const store = withGuardedExceptions(world.engine.store, () => Date.now());
    await store.create(
      EvidenceKind,
      { metadata: { name, namespace: 'shop' }, spec: { service: 'legacy', ...spec } } as never,
      actor,
    );
    return until('a verdict', () => {
      const evidence = world.engine.store.peek(EvidenceKind, { namespace: 'shop', name });
      return evidence?.status?.verdict && evidence;
    });
  };
  before(async () => {
    world = await createPolicyWorld();
    world.engine.run(evidenceController(world.engine, world.registry));
    const policy = (name: string, kind: string, rule: string) =>
      writePolicy(world, name, rule, { match: { kinds: [kind] } });
    await policy('no-critical', 'ScanReport', '!object.spec.findings.exists(f, f.severity == "critical")');
    await policy('no-agpl', 'SBOM', '!object.spec.components.exists(c, "AGPL-3.0-only" in c.licenses)');
    await policy('runbook', 'ReleaseEvidence', 'has(object.spec.runbook)');
    await policy('reviewed', 'ReleaseEvidence', 'object.spec.reviewed');
  });
  after(() => world.close());

  test('a scan and a list of parts are judged by the rules about them', async () => {
    const finding = { id: 'CVE-2026-1', severity: 'critical', title: 'bad' };
    const scan = await submit('scan', { format: 'trivy', findings: [finding] });
    assert.equal(scan.status?.verdict, 'denied');
    assert.match(
      scan.status?.conditions?.[0]?.message ?? '',
      /✘ no-critical: [\s\S]*Instead: Do it otherwise\./,
    );
    const parts = await submit('parts', {
      format: 'cyclonedx',
      components: [{ name: 'left-pad', licenses: ['MIT'] }],
    });
    assert.equal(parts.status?.verdict, 'allowed');
    assert.equal(scan.spec.submittedBy, 'ada', 'the platform says who handed it in');
  });

  test('[POL1] a release made elsewhere is judged by the rules of those made here', async () => {
    const release = { format: 'attributes', environment: 'production', commit: 'abcdef1' };
    const bare = await submit('bare', release);
    assert.equal(bare.status?.verdict, 'denied');
    // Nobody vouches for their own change, whomever they name.
    const own = await submit('own', {
      ...release,
      attributes: { runbook: 'https://x', reviewed: true, approvals: ['bob'] },
    });
    assert.match(own.status?.conditions?.[0]?.message ?? '', /✘ reviewed/);
    assert.doesNotMatch(own.status?.conditions?.[0]?.message ?? '', /✘ runbook/);
    await submit(
      'word',
      { format: 'attributes', commit: 'abcdef1', attributes: { approved: true } },
      {
        user: 'bob',
        from: 'test',
      },
    );
    const whole = await submit('whole', { ...release, attributes: { runbook: 'https://x' } });
    assert.equal(whole.status?.verdict, 'allowed', whole.status?.conditions?.[0]?.message ?? '');
    const [decision] = await world.engine.decisions.read({
      kind: 'ReleaseEvidence',
      inputs: false,
      limit: 1,
    });
    assert.equal(decision?.allowed, true);
  });
});
