import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Policy, PolicyKind, ServiceKind } from '@causeway/model';
import { celEngine } from '../testing/cel-engine.ts';
import { ada, celPolicy, createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';
import { beginReplay, type Replay } from './replay-policy.ts';

const since = '2020-01-01T00:00:00Z';

describe('what was recorded is judged again', () => {
  let world: PolicyWorld;
  before(async () => {
    world = await createPolicyWorld();
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    for (const replicas of [1, 2, 3, 4, 5])
      await world.store
        .create(
          ServiceKind,
          { metadata: { namespace: 'shop', name: `with-${replicas}` }, spec: { replicas } },
          ada,
        )
        .catch(error => assert.equal(error.code, 'PolicyDenied'));
  });
  after(() => world.close());

  const toItsEnd = async (pages: Replay) => {
    for (;;) {
      const { done, value } = await pages.next();
      if (done) return value;
    }
  };
  const replay = async (request: object = {}) =>
    toItsEnd(
      await beginReplay(
        { engine: world.engine, policyEngine: celEngine(), registry: world.registry },
        { policy: 'few', since, ...request },
      ),
    );
  const candidate = (inline: string, more: object = {}) => ({
    candidate: PolicyKind.spec.parse(celPolicy('few', inline, more).spec) as Policy['spec'],
  });

  test('[POL1] the same policy says the same', async () => {
    const report = await replay();
    assert.deepEqual([report.judged, report.same], [5, 5]);
    assert.deepEqual([report.newlyRefused, report.noLongerRefused], [[], []]);
  });

  test('another says what would be otherwise, by team, with an example', async () => {
    const stricter = await replay(candidate('object.spec.replicas <= 1'));
    assert.deepEqual([stricter.judged, stricter.same], [5, 3]);
    assert.deepEqual(
      stricter.newlyRefused.map(({ team, inputs, example }) => [
        team,
        inputs,
        example.object,
        example.messages,
      ]),
      [['shop', 2, 'Service/with-3', ['failed: object.spec.replicas <= 1']]],
    );
    const milder = await replay(candidate('object.spec.replicas <= 4'));
    assert.deepEqual(
      milder.noLongerRefused.map(({ team, inputs }) => [team, inputs]),
      [['shop', 1]],
    );
    const draft = await replay(candidate('false', { action: 'draft' }));
    assert.deepEqual([draft.newlyRefused[0]?.inputs, draft.same], [3, 2]);
  });

  test('only what was since, and of whom one may know', async () => {
    const [newest] = await world.engine.decisions.read({ limit: 1 });
    assert.equal((await replay({ since: newest?.at ?? '' })).judged, 1);
    assert.equal((await replay({ teams: ['other'] })).judged, 0);
    await assert.rejects(replay({ policy: 'nothing' }), { code: 'NotFound' });
    await assert.rejects(replay(candidate(')')), { code: 'Invalid' });
  });

  test('however much there is, page by page', async () => {
    const [one] = await world.engine.decisions.read({ limit: 1, inputs: true });
    assert.ok(one);
    const { seq: _seq, inputs = [], ...decision } = one;
    for (let batch = 0; batch < 6; batch++)
      await world.engine.decisions.append(
        ...Array.from({ length: 200 }, (_, index) => ({ ...decision, inputs, id: `${batch}-${index}` })),
      );
    const { judged, same } = await replay();
    assert.deepEqual([judged, same], [1205, 1205]);
    const abort = new AbortController();
    const { read } = world.engine.decisions;
    let pages = 0;
    const decisions = {
      ...world.engine.decisions,
      read: (query: Parameters<typeof read>[0]) => {
        pages += 1;
        if (pages === 2) abort.abort();
        return read(query);
      },
    };
    await assert.rejects(
      beginReplay(
        { engine: { ...world.engine, decisions }, policyEngine: celEngine(), registry: world.registry },
        { policy: 'few', since },
        abort.signal,
      ).then(toItsEnd),
      { name: 'AbortError' },
    );
    assert.equal(pages, 2, 'who leaves is not worked for');
  });
});
