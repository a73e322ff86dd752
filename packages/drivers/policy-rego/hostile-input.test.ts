import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import fc from 'fast-check';
import { subjectOf } from '../policy-testing/subject.ts';
import { createPolicyEngine } from '../policy-workers/create-policy-engine.ts';

const limits = { milliseconds: 500, megabytes: 16 };
/** Two limits and a second until a thread is ended, and as much again for a busy machine. */
const patience = 2 * (2 * limits.milliseconds + 1000) + 2000;

const engine = createPolicyEngine({ threads: 2, limits });
after(() => engine.close());

/** A policy that must go on judging, whatever was loaded beside it. */
const guard = {
  engine: 'rego',
  modules: [{ name: 'guard.rego', source: 'package guard\ndeny contains "guarded" if true\n' }],
} as const;

/** Loads what can be loaded and asks it: whatever is wrong is a refusal or an error of the evaluation, soon. */
const mustAnswer = async (sources: readonly string[], object: Record<string, unknown>): Promise<void> => {
  const begun = performance.now();
  const asked = [{ digest: (await engine.load(guard)).digest }];
  try {
    const modules = sources.map((source, i) => ({ name: `${i}.rego`, source }));
    asked.push({ digest: (await engine.load({ engine: 'rego', modules })).digest });
  } catch (error) {
    if (!isPlatformError(error, 'Invalid')) throw error;
    assert.ok(error.message.trim() !== '' && error.message.length < 3000, error.message);
  }
  const [guarded] = await engine.evaluate(asked, subjectOf(object), { trace: true });
  assert.deepEqual(
    guarded!.findings.map(({ message }) => message),
    ['guarded'],
  );
  const took = performance.now() - begun;
  assert.ok(took < patience, `took ${Math.round(took)} ms`);
};

const words = fc.constantFrom(
  ...'package p|import rego.v1|import future.keywords|import data.x as y|deny|warn_a|violation|exception|test_a'.split(
    '|',
  ),
  ...'contains|if|else|some|every|in|not|with|as|default|null|true|input|data|data.request|input.review.object'.split(
    '|',
  ),
  ...'x|y|_|[_]|[x]|{|}|(|)|[|]|:=|=|==|!=|<|+|-|*|/|%|&|,|;|:|.|"a"|`b`|0|1|-1|1e400|"\\u0000"|#|\n'.split(
    '|',
  ),
  ...'count|walk(input)|sprintf("%v", [x])|numbers.range(0, 1e9)|regex.match("(a+)+$", x)|json.unmarshal(x)'.split(
    '|',
  ),
  ...'glob.match("**", [], x)|time.now_ns()|units.parse("9e99999")|http.send({})|opa.runtime()|object.union'.split(
    '|',
  ),
);

const rules = fc.array(words, { maxLength: 40 }).map(parts => parts.join(' '));
const headed = rules.map(text => `package p\n\ndeny contains x if {\n\t${text}\n}\n`);
const old = rules.map(text => `package p\n\ndeny[x] {\n  ${text}\n}\n`);
const source = fc.oneof(rules, headed, old, fc.string({ maxLength: 200 }), fc.string({ unit: 'binary' }));

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<unknown>);

test('[POL2] any text is refused or evaluated, in time, and leaves others as they were', async () => {
  await fc.assert(fc.asyncProperty(fc.array(source, { minLength: 1, maxLength: 3 }), object, mustAnswer), {
    numRuns: 400,
  });
});

const nested = (open: string, close: string, times: number) =>
  `package p\nx := ${open.repeat(times)}1${close.repeat(times)}\ndeny contains "x" if x\n`;

const extreme: Readonly<Record<string, readonly string[]>> = {
  'brackets without end': [nested('[', ']', 100_000)],
  'parentheses without end': [nested('(', ')', 100_000)],
  'sums without end': [nested('1+', '', 100_000)],
  'minus without end': [nested('-', '', 100_000)],
  'calls without end': [nested('abs(', ')', 20_000)],
  'comprehensions within comprehensions': [nested('[y | y := ', ']', 1000)],
  'a line of a megabyte': [`package p\nx := "${'a'.repeat(1_000_000)}"\n`],
  'more than a megabyte': [`package p\n${'# comment\n'.repeat(200_000)}`],
  'thousands of rules': [
    `package p\n${Array.from({ length: 5000 }, (_, i) => `r${i} := ${i}\n`).join('')}deny contains "x" if r4999 > 0\n`,
  ],
  'thousands of statements that are written anew': [
    `package p\n${Array.from({ length: 4000 }, (_, i) => `deny contains "${i}" if {\n\tnot startswith(input.name, "${i}")\n}\n`).join('')}`,
  ],
  'a package of a thousand parts': [
    `package ${Array(1000).fill('p').join('.')}\ndeny contains "x" if true\n`,
  ],
  'a path of a thousand parts': [`package p\ndeny contains "x" if input${'.a'.repeat(1000)}\n`],
  'the same package a hundred times': Array(100).fill('package p\ndeny contains "x" if true\n'),
  'rules in a circle': ['package p\na := b\nb := c\nc := a\ndeny contains "x" if a\n'],
  'a module called as the request is': ['package request\noperation := "DELETE"\n'],
  'a package called as the data are': ['package parameters\nx := 1\ndeny contains "x" if true\n'],
  'a thousand printed megabytes': [
    'package p\ndeny contains "x" if {\n\tsome i in numbers.range(1, 100000)\n\tprint(strings.any_prefix_match("a", "a"), walk(input), i, concat("", [sprintf("%d", [j]) | some j in numbers.range(1, 1000)]))\n}\n',
  ],
};

for (const [name, sources] of Object.entries(extreme))
  test(`[POL2] ${name}`, () => mustAnswer(sources, { kind: 'Deployment' }));

test('[POL2] an input that is nested too deeply is an error, and denies nothing else', async () => {
  let deep: Record<string, unknown> = {};
  for (let i = 0; i < 2000; i++) deep = { deep };
  const { digest } = await engine.load(guard);
  const evaluations = await engine.evaluate([{ digest }], subjectOf(deep));
  assert.match(evaluations[0]!.error!.message, /^the document is nested more than 127 levels deep$/);
  await mustAnswer(['package p\n'], {});
});

test('[POL2] a policy reaches nothing of the machine', async () => {
  const load = (source: string) => engine.load({ engine: 'rego', modules: [{ name: 'p.rego', source }] });
  const { digest } = await load(
    'package p\ndeny contains sprintf("%v", [object.get(opa.runtime(), "env", {})[_]]) if true\n',
  );
  const [quiet] = await engine.evaluate([{ digest }], subjectOf({}));
  assert.deepEqual([quiet!.findings, quiet!.error], [[], undefined]);
  for (const call of [
    'http.send({"method": "get", "url": "http://127.0.0.1:1/"})',
    'net.lookup_ip_addr("localhost")',
  ])
    await assert.rejects(
      load(`package p\ndeny contains "x" if ${call}\n`),
      /^PlatformError: p\.rego:2:\d+: .* is not here/,
    );
});

test('[POL2] what tests stand in for cannot be evaluated without them', async () => {
  const source = `package p
deny contains "down" if http.send({"method": "get", "url": "http://127.0.0.1:1/"}).status_code != 200
answer := {"status_code": 500}
test_down if "down" in deny with http.send as answer
`;
  const policy = { engine: 'rego', modules: [{ name: 'p.rego', source }] } as const;
  const { digest } = await engine.load(policy);
  const [asking] = await engine.evaluate([{ digest }], subjectOf({}));
  assert.match(asking!.error!.message, /^p\.rego:2:\d+: http\.send is not here/);
});
