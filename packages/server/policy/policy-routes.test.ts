import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccess } from '@causeway/api';
import { createPolicyRegistry, type PolicyRegistry, withPolicies } from '@causeway/capabilities';
import type { PolicyEngine } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers';
import { systemClock } from '@causeway/engine';
import { kinds, PolicyKind, ServiceKind, TeamKind } from '@causeway/model';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { policyRoutes } from './policy-routes.ts';

const system = { user: 'system:server' };

describe('the routes of policies', () => {
  let server: TestServer;
  let registry: PolicyRegistry;
  let policyEngine: PolicyEngine;
  let expose: () => Promise<string>;
  const tokens = new Map<string, string>();
  before(async () => {
    policyEngine = createPolicyEngine();
    server = await startTestServer(({ engine, store, metrics }) => {
      expose = () => metrics.expose();
      registry = createPolicyRegistry({ engine, policyEngine, observer: metrics.policies, log: () => {} });
      const access = createAccess({ store, clock: systemClock });
      return policyRoutes({ engine, access, kinds, registry, replay: { engine, policyEngine, registry } });
    });
    const { engine, store } = server;
    await store.create(
      TeamKind,
      { metadata: { name: 'security' }, spec: { members: [{ user: 'sec', role: 'owner' }] } },
      system,
    );
    for (const user of ['ada', 'pete', 'olga', 'sec', 'nobody']) tokens.set(user, await server.token(user));
    await store.create(
      PolicyKind,
      {
        metadata: { name: 'few' },
        spec: {
          title: 'Few replicas',
          why: 'They cost.',
          instead: 'Use fewer.',
          owner: 'security',
          action: 'deny',
          match: { kinds: ['Service'] },
          source: {
            inline:
              'package few\nimport rego.v1\ndeny contains "too many" if {\n  print("replicas", input.spec.replicas)\n  input.spec.replicas > 3\n}\n',
          },
        },
      },
      system,
    );
    const guarded = withPolicies(store, {
      registry,
      policyEngine,
      decisions: engine.decisions,
      now: systemClock.now,
    });
    for (const [name, replicas] of [
      ['small', 1],
      ['large', 9],
    ] as const)
      await guarded
        .create(ServiceKind, { metadata: { namespace: 'shop', name }, spec: { replicas } }, { user: 'olga' })
        .catch(error => assert.equal(error.code, 'PolicyDenied', error));
  });
  after(async () => {
    registry.close();
    await server.close();
    await policyEngine.close();
  });

  test('[OPS5] what policies say is counted, by policy, place and result', async () => {
    const text = await expose();
    assert.match(
      text,
      /^causeway_policy_decisions_total\{policy="few",place="admission",result="pass"\} 1$/m,
    );
    assert.match(
      text,
      /^causeway_policy_decisions_total\{policy="few",place="admission",result="fail"\} 1$/m,
    );
    assert.match(text, /^causeway_policy_refusals_total\{place="admission"\} 1$/m);
    assert.match(text, /^causeway_policy_judgement_duration_seconds_count\{place="admission"\} 2$/m);
  });

  const ask = async (user: string, path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await server.ask(path, tokens.get(user), init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const names = async (user: string, query = '') => {
    const { status, body } = await ask(user, `/api/policy/decisions${query}`);
    return status === 200
      ? (body.decisions as { name: string; allowed: boolean }[]).map(one => `${one.name} ${one.allowed}`)
      : status;
  };

  test('[ACC2] decisions are shown to the team, to who runs the platform, and of a policy to its owner', async () => {
    const all = ['large false', 'small true'];
    assert.deepEqual(await names('olga'), all);
    assert.deepEqual(await names('pete'), all);
    assert.deepEqual(await names('sec'), []);
    assert.deepEqual(await names('sec', '?policy=few'), all);
    assert.equal(await names('sec', '?team=shop'), 403);
    assert.deepEqual(await names('sec', '?team=shop&policy=few'), all);
    assert.equal(await names('nobody'), 403);
    assert.equal((await server.ask('/api/policy/decisions')).status, 401);
  });

  test('they are asked for by what is known of them, and read on', async () => {
    assert.deepEqual(await names('ada', '?denied=true'), ['large false']);
    assert.deepEqual(await names('ada', '?name=small&kind=Service&place=admission'), ['small true']);
    assert.deepEqual(await names('ada', '?since=2999-01-01T00:00:00Z'), []);
    const { body } = await ask('ada', '/api/policy/decisions?limit=1&inputs=true');
    const [first] = body.decisions as { inputs: { data: string }[] }[];
    assert.match(first?.inputs[0]?.data ?? '', /"replicas":9/);
    assert.deepEqual(await names('ada', `?limit=1&before=${body.before}`), ['small true']);
    for (const query of ['?limit=0', '?limit=9999', '?limit=x', '?before=-1', '?since=never'])
      assert.equal(await names('ada', query), 400, query);
  });

  test('an object is explained with the trace of each rule, a document likewise', async () => {
    const object = { kind: 'services.causeway.dev', namespace: 'shop', name: 'small' };
    const { status, body } = await ask('olga', '/api/policy/explain', object);
    assert.equal(status, 200, JSON.stringify(body));
    const [decision] = body.decisions as { policy: string; result: string; trace: string[]; why: string }[];
    assert.deepEqual([decision?.policy, decision?.result, decision?.why], ['few', 'pass', 'They cost.']);
    assert.match(decision?.trace.join('\n') ?? '', /replicas 1/);
    const document = {
      apiVersion: 'causeway.dev/v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { replicas: 7 },
    };
    const explained = await ask('olga', '/api/policy/explain', { document, team: 'shop' });
    assert.equal(explained.body.allowed, false);
    assert.equal((await ask('sec', '/api/policy/explain', object)).status, 403);
    assert.equal((await ask('sec', '/api/policy/explain', { document, team: 'shop' })).status, 403);
    for (const wrong of [{}, { ...object, kind: 'Nothing' }, { ...object, more: 1 }, [], 'x'])
      assert.equal((await ask('ada', '/api/policy/explain', wrong)).status, 400, JSON.stringify(wrong));
  });

  test('a changed policy is replayed over what one may see', async () => {
    const request = { policy: 'few', since: '2020-01-01T00:00:00Z' };
    const spec = server.store.peek(PolicyKind, { namespace: '', name: 'few' })?.spec;
    const candidate = { ...spec, source: { inline: 'package few\ndeny contains "none" if true\n' } };
    const { body } = await ask('sec', '/api/policy/replay', { ...request, candidate });
    assert.deepEqual([body.judged, body.same], [2, 1]);
    assert.equal((await ask('olga', '/api/policy/replay', request)).body.judged, 2);
    assert.equal((await ask('nobody', '/api/policy/replay', request)).status, 403);
    for (const wrong of [{ since: request.since }, { policy: 'few' }, { ...request, since: 'x' }])
      assert.equal((await ask('ada', '/api/policy/replay', wrong)).status, 400);
    assert.equal((await ask('ada', '/api/policy/replay', { ...request, candidate: {} })).status, 422);
    const broken = { ...candidate, source: { inline: 'package few\ndeny if {' } };
    assert.equal((await ask('ada', '/api/policy/replay', { ...request, candidate: broken })).status, 422);
  });
});
