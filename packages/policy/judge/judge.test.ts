import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyEvaluation, PolicySubject } from '@causeway/contracts';
import type { Exception } from '@causeway/model';
import { requestDigest } from './exceptions.ts';
import { judge } from './judge.ts';
import { completePolicy, type JudgingPolicy, versionOf } from './judging-policy.ts';
import { linesOf, wordsOf } from './words.ts';

const subject: PolicySubject = {
  object: { apiVersion: 'causeway.dev/v1', kind: 'Service', metadata: { name: 'api', namespace: 'shop' } },
  request: {
    operation: 'CREATE',
    place: 'admission',
    user: 'ada',
    actor: 'person',
    time: '2026-03-01T00:00:00Z',
  },
};

const policy = (name: string, more: object = {}, loaded: string | undefined = name): JudgingPolicy => {
  const source = { engine: 'rego' as const, modules: [] };
  const spec = completePolicy({
    why: 'It hurts.',
    instead: 'Do it well.',
    owner: 'security',
    source: { inline: 'package x' },
    action: 'deny',
    ...more,
  });
  return {
    name,
    spec,
    source,
    version: versionOf(spec, source),
    ...(loaded ? { loaded } : { broken: 'x.rego:1:1: what is this' }),
  };
};

const deny = (rule: string): PolicyEvaluation['findings'][number] => ({
  rule,
  level: 'deny',
  message: `${rule} says no`,
});

/** An engine that says of each policy what the table has. */
const saying = (table: Record<string, Partial<PolicyEvaluation>>) => ({
  evaluate: async (asked: readonly { digest: string }[]) =>
    asked.map(({ digest }) => ({ findings: [], microseconds: 1, ...table[digest] })),
});

const exception = (more: Partial<Exception['spec']> = {}, decision: object = {}): Exception => {
  const spec = {
    policy: 'strict',
    target: { kind: 'Service', name: 'api' },
    reason: 'it must be so',
    expiresAt: '2026-03-10T00:00:00Z',
    requestedBy: 'ada',
    ...more,
  };
  const given = { by: 'sue', at: '2026-02-20T00:00:00Z', approved: true, digest: requestDigest(spec) };
  return {
    apiVersion: 'causeway.dev/v1',
    kind: 'Exception',
    metadata: { name: 'leave', namespace: 'shop' },
    spec: { ...spec, decision: { ...given, ...decision } },
  } as Exception;
};

const verdict = (
  policies: JudgingPolicy[],
  table: Record<string, Partial<PolicyEvaluation>>,
  exceptions: Exception[] = [],
  about = subject,
) => judge({ engine: saying(table), policies, exceptions }, about);

test('only a policy that denies stands in the way; drafts are not asked', async () => {
  for (const [action, allowed, results] of [
    ['draft', true, []],
    ['audit', true, ['fail']],
    ['warn', true, ['fail']],
    ['deny', false, ['fail']],
  ] as const) {
    const said = await verdict([policy('p', { action })], { p: { findings: [deny('deny')] } });
    assert.equal(said.allowed, allowed, action);
    assert.deepEqual(
      said.decisions.map(({ result }) => result),
      results,
    );
  }
});

test('[POL2] what cannot be evaluated or did not compile refuses, unless its policy says otherwise', async () => {
  const error = { message: 'it took more than 500 ms' };
  assert.equal((await verdict([policy('p')], { p: { error } })).allowed, false);
  assert.equal((await verdict([policy('p', { onError: 'allow' })], { p: { error } })).allowed, true);
  assert.equal((await verdict([policy('p', {}, '')], {})).allowed, false);
  const both = await verdict([policy('p', { onError: 'allow' })], { p: { error, findings: [deny('a')] } });
  assert.equal(both.allowed, false, 'what it found counts, whatever else failed');
  const words = wordsOf(both.decisions, [policy('p', { onError: 'allow' })]).flatMap(linesOf);
  assert.deepEqual(words.slice(0, 2), [
    '✘ p: a says no',
    '✘ p: could not be evaluated: it took more than 500 ms',
  ]);
});

test('[POL5] [POL6] an exception covers its rule, its object, its team and its time, and nothing else', async () => {
  const strict = policy('strict', { exceptions: { longest: '14d' } });
  const allowed = async (one: Exception, about = subject, rules = ['a']): Promise<boolean> =>
    (await verdict([strict], { strict: { findings: rules.map(deny) } }, [one], about)).allowed;
  const at = (time: string): PolicySubject => ({ ...subject, request: { ...subject.request, time } });
  assert.equal(await allowed(exception()), true);
  assert.equal(await allowed(exception({ rule: 'a' })), true);
  assert.equal(await allowed(exception({ rule: 'a' }), subject, ['a', 'b']), false);
  assert.equal(await allowed(exception({ target: { kind: 'Service', name: 'a*' } })), true);
  assert.equal(await allowed(exception({ target: { kind: 'Service', name: 'web' } })), false);
  assert.equal(await allowed(exception({ target: { kind: 'Team', name: 'api' } })), false);
  assert.equal(await allowed(exception({ policy: 'other' })), false);
  assert.equal(await allowed(exception(), at('2026-03-09T23:59:59Z')), false, 'longer than 14 days');
  assert.equal(await allowed(exception(), at('2026-03-05T23:59:59Z')), true);
  assert.equal(await allowed(exception({ expiresAt: '2026-03-01T00:00:00Z' })), false);
  assert.equal(await allowed(exception(), at('2026-02-19T00:00:00Z')), false, 'before it was given');
  assert.equal(await allowed(exception({}, { approved: false })), false);
  assert.equal(await allowed(exception({}, { by: 'ada' })), false, 'by who asked');
  assert.equal(await allowed(exception({}, { digest: 'of something else' })), false);
  const elsewhere = exception();
  assert.equal(
    await allowed({ ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'toys' } } as Exception),
    false,
  );
});

test('an exception for a service covers what deciding places make of it', async () => {
  const strict = policy('strict');
  const evidence = { ...subject, object: { ...subject.object, kind: 'ReleaseEvidence' } };
  const said = await verdict([strict], { strict: { findings: [deny('a')] } }, [exception()], evidence);
  assert.deepEqual([said.allowed, said.decisions[0]?.result], [true, 'skip']);
  assert.equal(said.decisions[0]?.findings[0]?.exception, 'shop/leave');
});

test('what a policy is asked about', async () => {
  const asked = async (match: object, about: PolicySubject = subject): Promise<boolean> =>
    (await verdict([policy('p', { match })], {}, [], about)).decisions.length === 1;
  const labelled = {
    ...subject,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', labels: { tier: 'web' } },
    },
    request: { ...subject.request, team: 'shop', environment: 'production' },
  };
  assert.equal(await asked({}), true);
  assert.equal(await asked({ kinds: ['Service'] }), true);
  assert.equal(await asked({ kinds: ['causeway.dev/Service'] }), true);
  assert.equal(await asked({ kinds: ['apps/Service', 'Team'] }), false);
  assert.equal(await asked({ kinds: ['apps/*'] }, labelled), true);
  assert.equal(await asked({ operations: ['DELETE'] }), false);
  assert.equal(await asked({ teams: ['shop'] }), true);
  assert.equal(await asked({ exceptTeams: ['shop'] }, labelled), false);
  assert.equal(await asked({ environments: ['production'] }), false, 'it is meant for none');
  assert.equal(await asked({ environments: ['production'] }, labelled), true);
  assert.equal(await asked({ labels: { tier: 'web' } }, labelled), true);
  assert.equal(await asked({ labels: { tier: 'db' } }, labelled), false);
});
