import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers/policies';
import { completePolicy, type JudgingPolicy, judge, type Verdict } from '@causeway/policy';
import { type Hostile, hostile, ordinary } from './hostile-policies.ts';

const limits = { milliseconds: 300, megabytes: 32 };
/** After two limits and a second without an end a thread is ended, a quarter of that later at most; the rest is for a busy machine. */
const longest = 1.25 * (2 * limits.milliseconds + 1000) + 4000;

const subjectOf = (object: PolicySubject['object']): PolicySubject => ({
  object,
  request: {
    operation: 'CREATE',
    place: 'admission',
    user: 'ada',
    actor: 'person',
    team: 'shop',
    time: '2026-03-01T12:00:00Z',
  },
});

const policyOf = async (
  engine: PolicyEngine,
  source: Hostile['source'],
  onError: 'deny' | 'allow' = 'deny',
): Promise<JudgingPolicy> => {
  const { digest } = await engine.load(source);
  const spec = completePolicy({
    why: 'It is hostile.',
    instead: 'Write another one.',
    owner: 'platform',
    engine: source.engine,
    action: 'deny',
    onError,
    source: { modules: source.modules },
  });
  return { name: 'hostile', spec, source, loaded: digest, version: digest };
};

const good: Hostile['source'] = {
  engine: 'rego',
  modules: [{ name: 'good.rego', source: 'package good\ndeny contains "no" if input.kind == "Pod"\n' }],
};

/** Asks a good policy over and over while something else is going on: the milliseconds that each answer took. */
const meanwhile = async (engine: PolicyEngine, work: () => Promise<void>): Promise<readonly number[]> => {
  const policies = [await policyOf(engine, good)];
  const times: number[] = [];
  let done = false;
  const ask = async (): Promise<void> => {
    while (!done) {
      const begun = performance.now();
      const { allowed, decisions } = await judge(
        { engine, policies, exceptions: [] },
        subjectOf({ kind: 'Pod' }),
      );
      times.push(performance.now() - begun);
      assert.deepEqual([allowed, decisions[0]?.result], [false, 'fail']);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };
  const asking = ask();
  await work().finally(() => {
    done = true;
  });
  await asking;
  return times;
};

const threads = (): number =>
  readdirSync('/proc/self/task').filter(id => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim() === 'policies';
    } catch {
      return false;
    }
  }).length;

const assertRefused = ({ says }: Hostile, { allowed, decisions }: Verdict): void => {
  const [decision] = decisions;
  assert.equal(allowed, false);
  assert.equal(decision?.result, 'error');
  assert.match(decision.error ?? '', says);
  assert.ok((decision.error ?? '').length < 2100);
};

describe('[POL2] [CEL2] hostile policies and documents', {
  skip: process.platform !== 'linux' && 'looks at /proc',
}, () => {
  const engine = createPolicyEngine({ threads: 2, limits });
  after(async () => {
    await engine.close();
    assert.equal(threads(), 0, 'no thread is left');
  });

  for (const [name, one] of Object.entries(hostile))
    test(`${name}: refused in words, and others are judged meanwhile`, async () => {
      const subject = subjectOf(one.object?.() ?? ordinary);
      const policy = await policyOf(engine, one.source);
      const times = await meanwhile(engine, async () => {
        const begun = performance.now();
        const verdict = await judge({ engine, policies: [policy], exceptions: [] }, subject);
        const took = performance.now() - begun;
        assert.ok(took < longest, `${Math.round(took)} ms`);
        assertRefused(one, verdict);
      });
      assert.ok(Math.max(...times) < longest, `another waited ${Math.round(Math.max(...times))} ms`);
      assert.ok(threads() <= 2);
    });

  test('as many at once as there are threads, and more: others wait for their limits and no longer', async () => {
    const worst = [
      'CEL: equal lists of 2⁴⁰ items that take no memory',
      'Rego: functions that call themselves',
    ];
    const policies = await Promise.all(
      worst.map(name => policyOf(engine, (hostile[name] as Hostile).source)),
    );
    const times = await meanwhile(engine, async () => {
      await Promise.all(
        [...policies, ...policies].map(async policy => {
          const { allowed } = await judge(
            { engine, policies: [policy], exceptions: [] },
            subjectOf(ordinary),
          );
          assert.equal(allowed, false);
        }),
      );
    });
    assert.ok(Math.max(...times) < 2 * longest, `another waited ${Math.round(Math.max(...times))} ms`);
  });

  test('a policy may say that it lets pass what it cannot judge; the decision shows it', async () => {
    const { source } = hostile['CEL: a text that doubles'] as Hostile;
    const policy = await policyOf(engine, source, 'allow');
    const { allowed, decisions } = await judge(
      { engine, policies: [policy], exceptions: [] },
      subjectOf(ordinary),
    );
    assert.deepEqual([allowed, decisions[0]?.result], [true, 'error']);
    assert.match(decisions[0]?.error ?? '', /more memory than its limit/);
  });
});

test('[POL2] a pool that is closed while a policy runs leaves no thread', async () => {
  const engine = createPolicyEngine({ threads: 2, limits: { milliseconds: 60_000, megabytes: 64 } });
  const { digest } = await engine.load(
    (hostile['CEL: equal lists of 2⁴⁰ items that take no memory'] as Hostile).source,
  );
  const asked = engine.evaluate([{ digest }, { digest }], subjectOf(ordinary)).catch((error: Error) => error);
  while (threads() === 0) await new Promise(resolve => setTimeout(resolve, 10));
  await engine.close();
  await asked;
  assert.equal(threads(), 0);
});
