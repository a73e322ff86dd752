import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, kinds, NamespaceKind, ServiceKind } from '@causeway/model';
import { type TestDatabase, testDatabase } from '@causeway/testkit';
import { type Database, type Engine, type NewDecision, openDatabase, openEngine } from '../index.ts';

const alice = { user: 'alice', from: 'test' };
const dayMs = 24 * 3_600_000;

const decision = (id: string, more: Partial<NewDecision> = {}): NewDecision => ({
  id,
  at: '2026-01-31T10:00:00.000Z',
  place: 'admission',
  team: 'shop',
  kind: 'Service',
  name: 'orders',
  operation: 'CREATE',
  actor: 'alice',
  allowed: true,
  input: 'input-1',
  results: [
    { policy: 'owner', version: 'v1', action: 'deny', result: 'pass', findings: [], microseconds: 16 },
  ],
  inputs: [{ digest: 'input-1', data: '{"object":{"kind":"Service"}}', redacted: false }],
  ...more,
});

describe('[POL3] decisions are kept with what they were about', () => {
  let place: TestDatabase;
  let database: Database;
  let engine: Engine;
  before(async () => {
    place = await testDatabase();
    database = openDatabase(place.connectionString);
    engine = await openEngine({ database, kinds, log: () => {} });
    await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, alice);
  });
  after(async () => {
    await engine.close();
    await place.close();
  });
  const ids = async (query: Partial<Parameters<Engine['decisions']['read']>[0]> = {}) =>
    (await engine.decisions.read({ limit: 100, ...query })).map(({ id }) => id);

  test('in the commit of what they allowed; not when nothing is written', async () => {
    const input = { metadata: { namespace: 'shop', name: 'orders' } };
    const key = input.metadata;
    await engine.store.create(ServiceKind, input, alice, { decisions: [decision('made')] });
    await assert.rejects(
      engine.store.create(ServiceKind, input, alice, { decisions: [decision('made-again')] }),
      error => isPlatformError(error, 'AlreadyExists'),
    );
    await engine.store.mutate(ServiceKind, key, one => one, alice, { decisions: [decision('unchanged')] });
    await engine.store.mutate(
      ServiceKind,
      key,
      one => ({ ...one, spec: { ...one.spec, replicas: 2 } }),
      alice,
      { decisions: [decision('changed')] },
    );
    await engine.store.delete(ServiceKind, key, alice, { dryRun: true, decisions: [decision('tried')] });
    await engine.store.delete(ServiceKind, key, alice, { decisions: [decision('deleted')] });
    assert.deepEqual(await ids(), ['deleted', 'changed', 'made']);
    const [audited] = await database.readAudit((await database.head()).auditSeq - 1, 1);
    assert.deepEqual(JSON.parse(audited?.record ?? '').decisions, ['deleted'], 'the audit names them');
  });

  test('without a write they are recorded once, however often, and share commits', async () => {
    await Promise.all([
      engine.decisions.append(decision('alone'), decision('alone')),
      engine.decisions.append(decision('refused', { allowed: false, team: '' })),
      engine.decisions.append(decision('alone')),
    ]);
    assert.deepEqual(await ids({ denied: true }), ['refused']);
    assert.equal((await ids()).filter(id => id === 'alone').length, 1);
    await engine.decisions.append();
  });

  test('are found by time, policy, team, object, and read on where one stopped', async () => {
    const results = decision('').results.map(one => ({ ...one, policy: 'owner-real' }));
    await engine.decisions.append(
      decision('later', { at: '2026-02-01T00:00:00.000Z', team: 'pay', results, place: 'push', name: 'x' }),
    );
    assert.deepEqual(await ids({ since: '2026-01-31T12:00:00Z' }), ['later']);
    assert.deepEqual(await ids({ policy: 'owner-real' }), ['later']);
    assert.ok(!(await ids({ policy: 'owner' })).includes('later'), 'names are whole');
    assert.deepEqual(await ids({ policy: '%' }), []);
    assert.deepEqual(await ids({ teams: ['pay'] }), ['later']);
    assert.deepEqual(await ids({ teams: [''] }), ['refused']);
    assert.deepEqual(await ids({ teams: [] }), []);
    assert.deepEqual(await ids({ place: 'push', kind: 'Service', name: 'x' }), ['later']);
    const all = await ids();
    const [first] = await engine.decisions.read({ limit: 1 });
    assert.deepEqual([first?.id, ...(await ids({ before: first?.seq ?? 0 }))], all);
  });

  test('with what was judged, which equal ones share', async () => {
    const context = { digest: 'context-1', data: '{"teams":["shop"]}', redacted: false };
    const hidden = {
      digest: 'input-2',
      data: '{"key":"[redacted]","text":"“\\u001e\\u0000”"}',
      redacted: true,
    };
    await engine.decisions.append(
      decision('with-context', { input: hidden.digest, context: context.digest, inputs: [hidden, context] }),
    );
    const [found] = await engine.decisions.read({ limit: 1, inputs: true });
    assert.deepEqual(found?.inputs, [hidden, context]);
    const [, other] = await engine.decisions.read({ limit: 2, inputs: true });
    assert.deepEqual(other?.inputs, decision('').inputs);
    assert.equal((await engine.decisions.read({ limit: 1 }))[0]?.inputs, undefined);
  });

  test('whatever names a pushed document has, no other write suffers', async () => {
    const odd = decision('odd', { kind: 'a\u0000b', name: `\ud800${'x'.repeat(5000)}\u001e'"` });
    const [made] = await Promise.all([
      engine.store.create(ServiceKind, { metadata: { namespace: 'shop', name: 'beside' } }, alice),
      engine.decisions.append(odd),
    ]);
    assert.ok(made.metadata.uid);
    const [found] = await engine.decisions.read({ limit: 1 });
    assert.deepEqual([found?.id, found?.kind, found?.name.length], ['odd', 'a\ufffdb', 300]);
  });

  test('are forgotten after their time, and with them what only they speak of', async () => {
    const old = new Date(Date.now() - 200 * dayMs).toISOString();
    const now = new Date().toISOString();
    const inputOf = (digest: string) => ({ digest, data: '{}', redacted: false });
    await engine.decisions.append(
      decision('ancient', { at: old, input: 'only-old', inputs: [inputOf('only-old'), inputOf('both')] }),
    );
    await engine.decisions.append(decision('young', { at: now, input: 'both', inputs: [inputOf('both')] }));
    await database.dropDecisions(new Date(Date.now() - 90 * dayMs).toISOString());
    assert.deepEqual(
      (await ids()).filter(id => id === 'ancient' || id === 'young'),
      ['young'],
    );
    const [young] = await engine.decisions.read({ limit: 1, inputs: true });
    assert.deepEqual(young?.inputs, [inputOf('both')]);
    await engine.decisions.append(decision('asks', { at: now, input: 'only-old', inputs: [] }));
    const [asks] = await engine.decisions.read({ limit: 1, inputs: true });
    assert.deepEqual(asks?.inputs, [], 'what only the old one spoke of is gone');
  });
});
