import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { PolicySource } from '@causeway/contracts';
import { subjectOf } from '../policy-testing/subject.ts';
import { createPolicyEngine } from './create-policy-engine.ts';

const rego = (source: string): PolicySource => ({
  engine: 'rego',
  modules: [{ name: 'policy.rego', source }],
});
const good = rego('package p\ndeny contains "no" if input.kind == "Deployment"\n');
const subject = subjectOf({ kind: 'Deployment', list: Array.from({ length: 100 }, (_, i) => i) });

/** What takes more than its limits, and what is said of it. */
const greedy: Readonly<
  Record<string, readonly [source: PolicySource, limits: readonly string[], said: RegExp]>
> = {
  'a loop': [
    rego(`package p
deny contains "x" if {
	some a in numbers.range(1, 1000)
	some b in numbers.range(1, 1000)
	some c in numbers.range(1, 1000)
	a * b * c < 0
}
`),
    // Whichever comes first on a busy machine.
    ['steps', 'time'],
    /more than 5000000 steps|longer than/,
  ],
  'a huge comprehension': [
    rego(
      'package p\nbig := [{"a": a, "b": b, "text": sprintf("%d/%d", [a, b])} | some a in numbers.range(1, 1000); some b in numbers.range(1, 1000)]\ndeny contains "x" if count(big) > 5\n',
    ),
    ['memory', 'time'],
    /more memory|longer than/,
  ],
  'a text that doubles': [
    rego(
      `package p\ntext0 := "0123456789abcdef"\n${Array.from({ length: 30 }, (_, i) => `text${i + 1} := concat("", [text${i}, text${i}])\n`).join('')}deny contains "x" if count(text30) > 0\n`,
    ),
    ['memory', 'time'],
    /more memory|longer than/,
  ],
  'one call without an end': [
    rego('package p\ndeny contains "x" if units.parse("1e100000000") > 0\n'),
    ['time'],
    /stood still/,
  ],
  'functions that call themselves': [
    rego('package p\nf(x) := f(x + 1)\ndeny contains "x" if f(1) > 0\n'),
    ['memory'],
    /nested too deeply/,
  ],
};

describe('[POL2] nothing suffers from a policy that does not end', () => {
  const engine = createPolicyEngine({ threads: 2, limits: { milliseconds: 900, megabytes: 32 } });
  after(() => engine.close());

  for (const [name, [source, limits, said]] of Object.entries(greedy))
    test(name, async () => {
      const [bad, fine] = await Promise.all([engine.load(source), engine.load(good)]);
      let turns = 0;
      const timer = setInterval(() => {
        turns += 1;
      }, 10);
      const asked = [fine, bad, fine].map(({ digest }) => ({ digest }));
      const [mixed, other] = await Promise.all([
        engine.evaluate(asked, subject),
        engine.evaluate([{ digest: fine.digest }], subject),
      ]);
      clearInterval(timer);
      // The thread that asks went on meanwhile.
      if (limits[0] === 'time') assert.ok(turns > 20, `${turns} turns`);
      assert.deepEqual(
        mixed.map(({ findings }) => findings.length),
        [1, 0, 1],
      );
      assert.equal(other[0]!.findings.length, 1);
      const { error } = mixed[1]!;
      assert.match(error!.message, said);
      assert.ok(limits.includes(error!.limit ?? ''), `limit: ${error!.limit}`);
      assert.deepEqual([mixed[0]!.error, mixed[2]!.error], [undefined, undefined]);
    });
});

test('a thread is started when the first policy is loaded, not before', async t => {
  let started = 0;
  const count = () => {
    started += 1;
  };
  process.on('worker', count);
  t.after(() => process.off('worker', count));
  const engine = createPolicyEngine();
  t.after(() => engine.close());
  await setImmediate();
  assert.equal(started, 0);
  await engine.load(good);
  assert.equal(started, 1);
});

test('languages side by side; equal sources are one', async t => {
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const cel: PolicySource = {
    engine: 'cel',
    modules: [{ name: 'policy.cel', source: 'object.kind != "Deployment"' }],
  };
  const outlines = await Promise.all([good, cel, structuredClone(good)].map(one => engine.load(one)));
  assert.equal(outlines[0]!.digest, outlines[2]!.digest);
  assert.deepEqual(
    outlines.map(({ syntax }) => syntax),
    ['rego.v1', 'cel', 'rego.v1'],
  );
  const evaluations = await engine.evaluate(outlines.slice(0, 2), subject);
  assert.deepEqual(
    evaluations.map(({ findings }) => findings.length),
    [1, 1],
  );
});

test('what is not loaded is an error of its evaluation; what does not load says where', async t => {
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const [evaluation] = await engine.evaluate([{ digest: 'none' }], subject);
  assert.equal(evaluation!.error!.message, 'it is not loaded');
  await assert.rejects(engine.load(rego('package p\ndeny contains x if {\n\tx := = 1\n}\n')), {
    code: 'Invalid',
    message: /^policy\.rego:3:\d+: /,
  });
});

test('tests run in a thread, too', async t => {
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const { tests } = await engine.test(rego('package p_test\ntest_a if 1 == 1\n'));
  assert.deepEqual(
    tests.map(({ name, passed }) => [name, passed]),
    [['data.p_test.test_a', true]],
  );
});
