import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import type { PolicyEvaluation, PolicySource } from '@causeway/contracts';
import { subjectOf } from '../policy-testing/subject.ts';
import { createPolicyEngine } from './create-policy-engine.ts';
import type { Job } from './messages.ts';

const rego = (body: string): PolicySource => ({
  engine: 'rego',
  modules: [{ name: 'policy.rego', source: `package p\ndeny contains msg if {\n\t${body}\n}\n` }],
});
const named = rego('msg := input.metadata.name');
/** A single call without an end: its thread has to be ended. */
const endless = rego('msg := sprintf("%v", [units.parse("1e100000000")])');

const pod = (name: string) => subjectOf({ kind: 'Pod', metadata: { name } });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const said = ([evaluation]: readonly PolicyEvaluation[]) => [
  evaluation!.findings.map(({ message }) => message),
  evaluation!.error,
];

test('[POL2] what is asked at the same time shares messages, and each gets its own answer', async t => {
  const messages: number[] = [];
  const listen = (worker: Worker): void => {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (job: Job) => {
      if (job.do === 'evaluate') messages.push(job.questions.length);
      post(job);
    };
  };
  process.on('worker', listen);
  t.after(() => process.off('worker', listen));
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const { digest } = await engine.load(named);
  const ask = (name: string) => engine.evaluate([{ digest }, { digest: 'unknown' }], pod(name));
  const answers = await Promise.all(numbers(80).map(n => ask(`pod-${n}`)));
  for (const [n, answer] of answers.entries()) {
    assert.deepEqual(said(answer), [[`pod-${n}`], undefined]);
    assert.equal(answer[1]!.error!.message, 'it is not loaded');
  }
  assert.deepEqual(messages, [32, 32, 16]);

  messages.length = 0;
  const many = numbers(50).map(() => ({ digest }));
  await Promise.all(numbers(3).map(() => engine.evaluate(many, pod('web'))));
  assert.deepEqual(messages, [1, 1, 1], 'what is much work is asked by itself');
});

test('[POL2] what was asked together with a policy that stands still is asked elsewhere, and answered before it', async t => {
  const engine = createPolicyEngine({ threads: 2, limits: { milliseconds: 2000, megabytes: 32 } });
  t.after(() => engine.close());
  const [{ digest: good }, { digest: bad }] = await Promise.all([engine.load(named), engine.load(endless)]);
  const ended: string[] = [];
  const ask = async (digests: readonly string[], name: string) => {
    const answer = await engine.evaluate(
      digests.map(digest => ({ digest })),
      pod(name),
    );
    ended.push(name);
    return answer;
  };
  const [before, [first, stuck, last], ...after] = await Promise.all([
    ask([good], 'before'),
    ask([good, bad, good], 'bad'),
    ...numbers(5).map(n => ask([good], `after-${n}`)),
  ]);
  assert.deepEqual(said(before), [['before'], undefined]);
  for (const [n, one] of after.entries()) assert.deepEqual(said(one), [[`after-${n}`], undefined]);
  assert.match(stuck!.error!.message, /stood still/);
  for (const one of [first!, last!]) assert.deepEqual(said([one]), [['bad'], undefined]);
  assert.equal(ended.at(-1), 'bad');
});

test('[POL2] of policies that end their threads, asked at the same time, each fails by itself', async t => {
  const engine = createPolicyEngine({ threads: 2, limits: { milliseconds: 900, megabytes: 16 } });
  t.after(() => engine.close());
  const deep = {
    ...named,
    modules: [{ name: 'p.rego', source: 'package p\nf(x) := f(x + 1)\ndeny contains "x" if f(1) > 0\n' }],
  };
  const digests = await Promise.all([named, deep].map(async one => (await engine.load(one)).digest));
  const answers = await Promise.all(
    numbers(9).map(n => engine.evaluate([{ digest: digests[n % 3 === 1 ? 1 : 0]! }], pod(`pod-${n}`))),
  );
  for (const [n, answer] of answers.entries())
    if (n % 3 === 1) assert.match(answer[0]!.error!.message, /nested too deeply/);
    else assert.deepEqual(said(answer), [[`pod-${n}`], undefined]);
});

test('[POL2] a document that cannot be sent is an error of its own questions', async t => {
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const { digest } = await engine.load(named);
  const circle: Record<string, unknown> = {};
  circle.again = circle;
  const [bad, good] = await Promise.all([
    engine.evaluate([{ digest }], subjectOf(circle)),
    engine.evaluate([{ digest }], pod('web')),
  ]);
  assert.match(bad[0]!.error!.message, /^the document cannot be judged: /);
  assert.deepEqual(said(good), [['web'], undefined]);
});

test('what waits when the engine is closed is refused', async t => {
  const engine = createPolicyEngine({ threads: 1 });
  t.after(() => engine.close());
  const { digest } = await engine.load(named);
  const asked = numbers(3).map(n => engine.evaluate([{ digest }], pod(`${n}`)));
  const refused = Promise.all(asked.map(one => assert.rejects(one, { code: 'Unavailable' })));
  await engine.close();
  await refused;
  await assert.rejects(engine.evaluate([{ digest }], pod('late')), { code: 'Unavailable' });
});
