import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ExceptionKind,
  NamespaceKind,
  PolicyKind,
  type PolicyReport,
  PolicyReportKind,
  ServiceKind,
} from '@causeway/model';
import { requestDigest } from '@causeway/policy';
import { until } from '@causeway/testkit';
import { ada, createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';
import { runPolicyReports } from './run-policy-reports.ts';

const system = { user: 'system:server' };

describe('policy reports', () => {
  let world: PolicyWorld;
  const report = (name: string, namespace = 'shop') =>
    world.engine.store.peek(PolicyReportKind, { namespace, name: `services.${name}` }) as
      | PolicyReport
      | undefined;
  const judged = () => world.engine.store.peek(PolicyKind, { namespace: '', name: 'few' })?.status?.judged;
  const comes = (what: string, look: () => boolean) =>
    until(what, look, { seen: () => [judged(), report('big')] });
  const service = (name: string, replicas: number, namespace = 'shop') =>
    world.engine.store.create(ServiceKind, { metadata: { name, namespace }, spec: { replicas } }, system);

  before(async () => {
    world = await createPolicyWorld();
    await world.engine.store.create(NamespaceKind, { metadata: { name: 'toys' } }, system);
    await service('big', 9);
    await service('small', 1);
    await service('huge', 20, 'toys');
    runPolicyReports(world.engine, world.registry);
  });
  after(() => world.close());

  test('a policy that comes is asked about everything there is, and says what it would refuse by team', async () => {
    assert.equal(report('big'), undefined, 'no policy, no report');
    await writePolicy(world, 'few', 'object.spec.replicas <= 3', {
      action: 'audit',
      instead: 'Ask for less.',
    });
    await comes('reports', () => judged()?.failing === 2 && judged()?.objects === 3);
    assert.deepEqual(report('big')?.summary, { pass: 0, fail: 1, warn: 0, error: 0, skip: 0 });
    assert.match(report('big')?.results[0]?.message ?? '', /Ask for less\.$/);
    assert.equal(report('small')?.results[0]?.result, 'pass');
    assert.deepEqual(judged()?.teams, [
      { team: 'shop', failing: 1, excepted: 0 },
      { team: 'toys', failing: 1, excepted: 0 },
    ]);
  });

  test('an exception, its end, and a changed policy are seen', async () => {
    const key = { namespace: 'shop', name: 'leave' };
    const spec = {
      policy: 'few',
      target: { kind: 'Service', name: 'big' },
      reason: 'a sale needs all of them',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      requestedBy: 'ada',
    };
    const decision = {
      by: 'sue',
      at: new Date(Date.now() - 1000).toISOString(),
      approved: true,
      digest: requestDigest(spec),
    };
    await world.engine.store.create(ExceptionKind, { metadata: key, spec: { ...spec, decision } }, system);
    await comes('the exception', () => report('big')?.summary.skip === 1 && judged()?.excepted === 1);
    assert.equal(report('big')?.results[0]?.properties?.exception, 'shop/leave');
    await world.engine.store.delete(ExceptionKind, key, system);
    await comes('its end', () => report('big')?.summary.fail === 1);
    await world.engine.store.mutate(
      PolicyKind,
      { namespace: '', name: 'few' },
      policy => ({ ...policy, spec: { ...policy.spec, source: { inline: 'object.spec.replicas <= 10' } } }),
      ada,
    );
    await comes('the new text', () => report('big')?.summary.pass === 1 && judged()?.failing === 1);
    await world.engine.store.delete(PolicyKind, { namespace: '', name: 'few' }, system);
    await comes('no report without a policy', () => report('big') === undefined);
  });
});
