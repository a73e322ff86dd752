import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { evaluate, subjectOf } from '../policy-testing/subject.ts';
import { Document, Limits, Policies, Rules } from './artefact/rego.js';
import { needInstance } from './instance.ts';
import { loadRego } from './load-rego.ts';

needInstance();
const limits = new Limits(1_000_000, 20_000, 64 * 1024 * 1024);

const policiesOf = (source: string): Policies => {
  const policies = new Policies(['old', 'user']);
  try {
    policies.addModule('p.rego', source, false);
    policies.link();
    // What holds between rules is seen at the first question.
    policies.query(new Document(), 'true', limits);
    return policies;
  } catch (error) {
    policies.free();
    throw error;
  }
};

/** What a module looks at whose one rule has this body. */
const looksOf = (body: string, others = ''): readonly string[] => {
  const policies = policiesOf(`package p\n${others}\ndeny contains "no" if {\n${body}\n}\n`);
  const looks = policies.looks();
  policies.free();
  return looks;
};

describe('[REGO4] what rules name is what they look at', () => {
  const named: readonly (readonly [body: string, looks: readonly string[]])[] = [
    ['true', ['?']],
    ['input.kind == "Pod"', ['.kind']],
    ['not input.spec["run as"].user', ['.spec.run as.user']],
    ['input.a.b; input.a.c', ['.a.b', '.a.c']],
    ['some c in input.list; c.image == "x"; not c.limits.cpu', ['.list[_].image', '.list[_].limits.cpu']],
    ['some i, c in input.list; c.image == i', ['.list[_].image']],
    ['input.list[_].name', ['.list[_].name']],
    ['some i; input.list[i].name; input.list[i].b', ['.list[_].b', '.list[_].name']],
    ['c := input.list[0]; c.name', ['.list[_].name']],
    ['spec := input.spec; pod := spec.template; pod.name == 1', ['.spec.template.name']],
    ['every c in input.list { c.name == "a" }', ['.list[_].name']],
    ['count([1 | some c in input.list; c.name]) > 0', ['.list[_].name']],
    // Whether it is there is looked at, too.
    ['x := input.a', ['.a?']],
    ['some x in input.a', ['.a[_]?']],
  ];
  for (const [body, looks] of named) test(body, () => assert.deepEqual(looksOf(body), looks));
});

describe('[REGO4] what is not understood is taken as a whole', () => {
  const whole: readonly (readonly [body: string, looks: readonly string[], others?: string])[] = [
    ['print(input)', ['']],
    ['x := input; x.a; count(x) > 1', ['']],
    ['input[input.key] == 1', ['[_]']],
    ['some key in ["a"]; input[key]', ['[_]']],
    ['count(input.list) > 1', ['.list']],
    ['walk(input.a, [path, value]); value == 1', ['.a']],
    ['object.get(input.a, "b", 1) == 1', ['.a']],
    ['1 in input.list', ['.list']],
    ['input.a == {"b": 1}', ['.a']],
    ['x = input.a; x.b', ['.a']],
    ['x := input.a; x == 1', ['.a']],
    ['[x, y] = input.a; x.b == y.b', ['.a']],
    ['[x, y] := input.a; x.b == y.b', ['.a']],
    ['some {"name": name} in input.list; name == "a"', ['.list']],
    ['f(input.a)', ['.a'], 'f(x) if x.b == 1'],
    ['a.b == 1', ['.a'], 'a := input.a'],
    ['a.b == 1', ['.a'], 'import input.a'],
    ['b.c == 1', ['.a.b'], 'import input.a.b'],
    ['x.c == 1', [''], 'import input as x'],
    ['data.p.other == 1 with input as input.a', ['.a', '.b'], 'other := input.b'],
    ['data.p.other == 1 with data.z as input.a', ['.a'], 'other := data.z.b'],
    // The same name for two things.
    ['count([1 | x := input.a; x.c]) > count([1 | x := input.b; x.c])', ['.a', '.b']],
    // In rules that are asked for nothing, too.
    ['true', [''], 'everything := input'],
    // More than are worth it.
    [Array.from({ length: 100 }, (_, n) => `input.a${n}`).join('; '), ['']],
    [`input${'.a'.repeat(40)}`, [`${'.a'.repeat(24)}`]],
  ];
  for (const [body, looks, others] of whole)
    test(`${others ?? ''} ${body}`.slice(0, 100), () => assert.deepEqual(looksOf(body, others), looks));
});

const everything = '\neverything := input\n';

const pick = (choices: string): fc.Arbitrary<string> => fc.constantFrom(...choices.split('|'));

/** A path from one of these. */
const path = (roots: string): fc.Arbitrary<string> =>
  fc
    .tuple(pick(roots), fc.array(pick('.a|.a|.b|.c|["a"]|[0]|[_]|[_]|[k]|[input.k]'), { maxLength: 2 }))
    .map(([root, steps]) => [root, ...steps].join(''));

/** A statement with a path in place of each `P`. */
const statement = (templates: string, roots: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...templates.split('\n')), fc.array(path(roots), { minLength: 3, maxLength: 3 }))
    .map(([template, paths]) => paths.reduce((text, one) => text.replace('P', one), template));

/** The ways in which `V` comes to stand for something. */
const bindings = `V := P
V := P
some V in P
some V in P
some _, V in P
V = P
some {"a": V} in P
[V, _] = P
[_, V] := P
V := {w | some w in P; w.a}
V := {w: 1 | w := P}
V := [w.b | some w in P]
V := {"a": P}
V := g(P)
V := rule
V := P with input as P
V := P with input.a as P`;

const conditions = `P
not P
P == 1
not P == 1
P == P
P != P
P > 0
count(P) > 0
P in P
is_object(P)
print(P)
trace(P)
every w in P { w.a }
every _, w in P { not w.b.c == 1 }
walk(P, [_, 1])
object.get(P, "a", 1) == 1
f(P)
not f(P)
rule.a with input as P
rule == P with input.a as P
P with input.a.b as 1
f(P) with f as h
P with data.p.rule as P
count([1 | x := P; x.a]) > 0
count({y | some y in P; y.b == 1}) == 1
count([1 | w := P; w.a]) == count([1 | w := P; w.b])
count([1 | w := P; w.a]) > count([1 | some w in P; w.c])`;

const binding = (name: string, roots: string): fc.Arbitrary<string> =>
  statement(bindings.replaceAll('V', name), roots);
const condition = statement(conditions, 'input|x|y|rule');

/** It always says something: what it said in the end for each of the ways through it. */
const rule = fc
  .tuple(
    binding('x', 'input'),
    binding('y', 'input|x|x'),
    fc.array(condition, { maxLength: 1 }),
    fc.oneof(fc.constant('1'), path('x|y')),
  )
  .map(([first, second, conditions, said]) => `[${said} | ${[first, second, ...conditions].join('; ')}]`);

const module = fc
  .tuple(
    path('input').filter(ruled => !/\[[_k]\]/.test(ruled)),
    fc.array(rule, { minLength: 1, maxLength: 3 }),
  )
  .map(([ruled, rules]) =>
    [
      `package p\nrule := ${ruled}\nf(x) if x.a\ng(x) := x.b\nh(x) := x`,
      ...rules.map((said, n) => `deny contains [${n}, said] if {\n\tk := "a"\n\tsaid := ${said}\n}\n`),
    ].join('\n'),
  );

/** Documents that have what paths lead to, often. */
const { value, members } = fc.letrec<{ value: unknown; members: Readonly<Record<string, unknown>> }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(1, 2, true, false, null, 'a', 'b'),
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    tie('members'),
    tie('members'),
  ),
  members: fc.record(
    { a: tie('value'), b: tie('value'), c: tie('value'), k: fc.constantFrom('a', 'b', 0) },
    { requiredKeys: ['a'], noNullPrototype: true },
  ),
}));
const document = fc.oneof({ weight: 9, arbitrary: members }, { weight: 1, arbitrary: value });

const asked = new Rules(['data.p.deny']);

/** What policies answer, or their error. */
const answerOf = (policies: Policies, about: Document): string | undefined => {
  try {
    return policies.evaluate(about, asked, limits);
  } catch (error) {
    return String(error);
  }
};

test('[REGO4] rules find the same whether all of a document is read or what they look at', () => {
  const seen = { loaded: 0, narrow: 0, found: 0 };
  fc.assert(
    fc.property(
      fc.array(module, { minLength: 1, maxLength: 4 }),
      fc.array(document, { minLength: 1, maxLength: 3 }),
      (modules, documents) => {
        const loaded = modules.flatMap(source => {
          try {
            return [{ some: policiesOf(source), all: policiesOf(source + everything) }];
          } catch {
            // Not every text is a module.
            return [];
          }
        });
        try {
          const about = new Document();
          for (const object of documents) {
            const json = Buffer.from(JSON.stringify(object));
            // One document for all of them, as it is when a server asks many; each alone, and of all of it.
            if (loaded[0]) about.read(json, loaded[0].some);
            for (const { some, all } of loaded) {
              const alone = new Document();
              alone.read(json, some);
              const whole = new Document(json);
              const expected = answerOf(all, whole);
              assert.equal(answerOf(some, alone), expected);
              assert.equal(answerOf(some, about), expected);
              seen.loaded += 1;
              if (!some.looks().includes('')) seen.narrow += 1;
              if (expected?.includes('"value":')) seen.found += 1;
              for (const one of [alone, whole]) one.free();
            }
          }
          about.free();
        } finally {
          for (const { some, all } of loaded) for (const one of [some, all]) one.free();
        }
      },
    ),
    { numRuns: 500 },
  );
  // It is about something.
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 30, `${what}: ${times}`);
});

const policyOf = (statement: string) =>
  loadRego({
    engine: 'rego',
    modules: [{ name: 'p.rego', source: `package p\ndeny contains "found" if {\n\t${statement}\n}\n` }],
  });

test('[REGO4] what is wrong with a document is an error wherever no rule looks', () => {
  const policy = policyOf('input.kind == "Pod"');
  const errorOf = (object: Readonly<Record<string, unknown>>, old?: Readonly<Record<string, unknown>>) =>
    evaluate(policy, subjectOf({ kind: 'Pod', ...object }, old ? { old } : {})).error?.message ?? 'none';
  const deep = (levels: number): Record<string, unknown> => (levels === 0 ? {} : { deep: deep(levels - 1) });
  const list = (levels: number): unknown => (levels === 0 ? 1 : [list(levels - 1)]);
  assert.match(errorOf({ other: { 'half of a pair: \ud800': 1 } }), /hex escape/);
  assert.match(errorOf({ other: ['half of a pair: \ud800'] }), /hex escape/);
  assert.match(errorOf({}, { other: ['half of a pair: \ud800'] }), /hex escape/);
  assert.match(errorOf(deep(127)), /nested more than 127 levels deep/);
  assert.match(errorOf({ other: list(127) }), /nested more than 127 levels deep/);
  assert.match(errorOf({}, deep(127)), /nested more than 127 levels deep/);
  assert.equal(errorOf({ other: list(126), ...deep(126) }, deep(125)), 'none');
});

test('[REGO4] keys that are written with escapes are found', () => {
  const object = { 'a"b': { 'c\\d': 1 }, 'é\n': 2, '': { '': 3 } };
  for (const statement of [
    'input["a\\"b"]["c\\\\d"] == 1',
    'input["é\\n"] == 2',
    'input[""][""] == 3',
    '[v | some v in input; v == 2] == [2]',
  ])
    assert.equal(evaluate(policyOf(statement), subjectOf(object)).findings.length, 1, statement);
});

test('[REGO4] fields of the request are read when a rule looks at them', () => {
  const subject = subjectOf({ kind: 'Pod' }, { old: { kind: 'Pod', size: [1, 2] }, user: 'ann' });
  for (const statement of [
    'data.request.old.size[1] == 2',
    'data.request.user == "ann"; data.request.user != data.request.old.kind',
    'not data.request.team',
    'data.request == {"old": {"kind": "Pod", "size": [1, 2]}, "operation": "CREATE", "place": "admission", "user": "ann", "actor": "person", "time": "2026-03-01T12:00:00Z"}',
  ]) {
    const policy = policyOf(statement);
    for (const again of [subject, subject, { ...subject }])
      assert.equal(evaluate(policy, again).findings.length, 1, statement);
  }
});
