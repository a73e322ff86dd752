import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { evaluate, faultsOf, subjectOf } from '../policy-testing/subject.ts';
import { loadRego } from './load-rego.ts';

const rego = (...sources: readonly string[]) =>
  loadRego({
    engine: 'rego',
    modules: sources.map((source, i) => ({ name: `${i === 0 ? 'policy' : `policy${i}`}.rego`, source })),
  });

const rootless = `package deployment

deny[msg] {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg = "Containers must not run as root"
}
`;

const deployment = (securityContext?: object) =>
  subjectOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'orders', namespace: 'shop', labels: { app: 'orders' } },
    spec: { template: { spec: { securityContext } } },
  });

const found = (source: string, subject = deployment(), parameters = {}) => {
  const { findings, error } = evaluate(rego(source), subject, { parameters });
  assert.equal(error, undefined);
  return findings;
};

const deny = (message: string, more = {}) => ({ rule: 'deny', level: 'deny', message, ...more });

describe('rules in the shapes that people have', () => {
  test('a rule of Rego v0 denies, as it is', () => {
    const policy = rego(rootless);
    assert.equal(policy.outline.syntax, 'rego.v0');
    assert.deepEqual(found(rootless), [deny('Containers must not run as root')]);
    assert.deepEqual(found(rootless, deployment({ runAsNonRoot: true })), []);
    assert.deepEqual(found(rootless, subjectOf({ kind: 'Service' })), []);
  });

  test('a rule of Rego v1', () => {
    const source = 'package p\n\ndeny contains msg if {\n\tinput.kind == "Deployment"\n\tmsg := "no"\n}\n';
    assert.equal(rego(source).outline.syntax, 'rego.v1');
    assert.deepEqual(found(source), [deny('no')]);
  });

  test('v0 with the keywords of v1, and both syntaxes side by side', () => {
    const future = 'package a\nimport future.keywords\ndeny contains "a" if input.kind == "Deployment"\n';
    const policy = rego(future, 'package b\nwarn["b"] { input.kind == "Deployment" }\n');
    assert.deepEqual(evaluate(policy, deployment()).findings, [
      deny('a'),
      { rule: 'warn', level: 'warn', message: 'b' },
    ]);
  });

  test('objects with msg: details are what they say, or all else they hold', () => {
    const source = `package p
import rego.v1
deny contains {"msg": "a", "details": {"at": "spec"}, "x": 1}
deny contains {"msg": "b", "severity": "high"}
warn_soon := "c"
violation contains {"msg": "d"}
`;
    assert.deepEqual(found(source), [
      deny('a', { details: { at: 'spec' } }),
      deny('b', { details: { severity: 'high' } }),
      { rule: 'warn_soon', level: 'warn', message: 'c' },
      { rule: 'violation', level: 'deny', message: 'd' },
    ]);
  });

  test('a violation in the shape of Gatekeeper', () => {
    const source = `package k8srequiredlabels

violation[{"msg": msg, "details": {"missing_labels": missing}}] {
  provided := {label | input.review.object.metadata.labels[label]}
  required := {label | label := input.parameters.labels[_]}
  missing := required - provided
  count(missing) > 0
  msg := sprintf("you must provide labels: %v", [missing])
}
`;
    assert.deepEqual(found(source, deployment(), { labels: ['app', 'owner'] }), [
      {
        rule: 'violation',
        level: 'deny',
        message: 'you must provide labels: {"owner"}',
        details: { missing_labels: ['owner'] },
      },
    ]);
    assert.deepEqual(found(source, deployment(), { labels: ['app'] }), []);
  });

  test('an exception in the shape of conftest takes back the rules it names, in its package', () => {
    const source = `package main
deny_run_as_root[msg] { msg := "root" }
deny[msg] { msg := "plain" }
exception[rules] { input.metadata.name == "orders"; rules := ["run_as_root"] }
`;
    assert.deepEqual(found(source), [deny('plain')]);
    assert.deepEqual(found(source, subjectOf({ metadata: { name: 'other' } })).length, 2);
    const all = 'package main\ndeny[msg] { msg := "plain" }\nexception[rules] { rules := [""] }\n';
    assert.deepEqual(found(all), []);
    assert.deepEqual(evaluate(rego(all, 'package other\ndeny["x"] { true }'), deployment()).findings, [
      deny('x'),
    ]);
  });

  test('functions that rules of OPA and Gatekeeper use', () => {
    const calls: Readonly<Record<string, string>> = {
      'any([false, true])': 'true',
      'any({false, 1})': 'false',
      'all([true, true])': 'true',
      'all([true, "true"])': 'false',
      'all(set())': 'true',
      're_match("^b.*$", "bar")': 'true',
      'set_diff({1, 2}, {2})': '{1}',
      'cast_set([1, 1])': '{1}',
      'cast_array({2, 1})': '[1, 2]',
      'net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16")': 'true',
      'net.cidr_intersects("10.0.0.0/8", "fd00::/8")': 'false',
      'crypto.md5("a")': '0cc175b9c0f1b6a831c399e269772661',
      'crypto.sha1("a")': '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8',
      'crypto.sha256("a")': createHash('sha256').update('a').digest('hex'),
      'crypto.hmac.sha512("a", "key")': createHmac('sha512', 'key').update('a').digest('hex'),
      'crypto.hmac.equal("a", "a")': 'true',
    };
    for (const [call, value] of Object.entries(calls))
      assert.deepEqual(
        found(`package p\ndeny[msg] { msg := sprintf("%v", [${call}]) }\n`),
        [deny(value)],
        call,
      );
    assert.deepEqual(found('package p\ndeny[msg] { any(5); msg := "x" }\n'), []);
  });

  test('parameters, the request and its time are data', () => {
    const source = `package p
deny contains sprintf("%s of %s at %d", [data.request.user, data.parameters.team, time.now_ns()]) if not data.request.team
`;
    assert.deepEqual(found(source, deployment(), { team: 'shop' }), [
      deny(`ann of shop at ${BigInt(Date.parse('2026-03-01T12:00:00Z')) * 1_000_000n}`),
    ]);
    assert.deepEqual(found(source, subjectOf({}, { team: 'x' }), { team: 'shop' }), []);
  });

  test('[POL1] the same question has the same answer, where it throws dice, too', () => {
    const source =
      'package p\ndeny contains sprintf("%s %d", [uuid.rfc4122("a"), rand.intn("b", 1000000)])\n';
    const [first] = found(source);
    assert.match(first!.message, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \d+$/);
    assert.deepEqual(found(source), [first]);
    assert.notDeepEqual(found(source, subjectOf({}, { time: '2026-03-01T12:00:01Z' })), [first]);
  });

  test('[POL2] what a rule says and nobody understands is an error, not a pass', () => {
    for (const said of ['5', '{"message": "x"}', '["a", 5]', '{"a": "b"}', 'null'])
      assert.match(
        evaluate(rego(`package p\ndeny := ${said}\n`), deployment()).error?.message ?? '',
        /^data\.p\.deny says .* neither a text nor/,
      );
    assert.deepEqual(found('package p\ndeny := false\n'), []);
    assert.deepEqual(found('package p\ndeny := true\n'), [deny('data.p.deny is true')]);
  });
});

describe('[REGO3] what does not load names its place', () => {
  const cases: Readonly<Record<string, readonly [source: string, fault: RegExp]>> = {
    'a mistake in v1': ['package p\n\ndeny contains msg if {\n\tmsg := = 1\n}\n', /^policy\.rego:4:\d+: /],
    'a mistake in v0': ['package p\n\ndeny[msg] {\n  msg = = 1\n}\n', /^policy\.rego:4:9: /],
    'a variable without a value': [
      'package p\ndeny contains x if { y == 1 }\n',
      /^policy\.rego:2:\d+: .*unsafe/,
    ],
    'no package': ['deny contains "a"\n', /^policy\.rego:1:1: /],
    'nothing at all': ['', /^policy\.rego:1:1: /],
    'a function that is not there': [
      'package p\ndeny contains "a" if {\n\tstartwith(input.kind, "D")\n}\n',
      /^policy\.rego:3:\d+: there is no function startwith; startswith is meant, perhaps$/,
    ],
    'a function of a library that is not there': [
      'package p\nimport data.lib\ndeny contains "a" if lib.is_pod(input)\n',
      /^policy\.rego:3:\d+: there is no function lib\.is_pod$/,
    ],
    'a function of OPA that is not here': [
      'package p\ndeny contains "a" if io.jwt.decode(input.token)\n',
      /^policy\.rego:2:\d+: io\.jwt\.decode is a function of OPA that is not here$/,
    ],
    'too little for a function': [
      'package p\ndeny contains "a" if endswith(input.kind)\n',
      /^policy\.rego:2:\d+: endswith takes 2 arguments, not 1$/,
    ],
    'a walk that is not gone through': [
      'package p\ndeny contains "a" if not walk(input)\n',
      /^policy\.rego:2:\d+: walk is understood in statements alone/,
    ],
    'a body of not': [
      'package p\nimport future.keywords.not\ndeny contains "a" if {\n\tnot { input.a }\n}\n',
      /^policy\.rego:4:\d+: bodies of not are not read here/,
    ],
    'a fault behind what was rewritten': [
      'package p\ndeny contains "a" if { some x in input.list; y > x }\n',
      /^policy\.rego:2:46: .*unsafe/,
    ],
  };
  for (const [name, [source, fault]] of Object.entries(cases))
    test(name, () => {
      const faults = faultsOf(() => rego(source));
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, fault);
    });
});

describe('[REGO3] what the engine would take otherwise than OPA', () => {
  const cases: Readonly<Record<string, readonly [source: string, expected: readonly string[]]>> = {
    'walk that is assigned': [
      'package p\ndeny contains v if { [path, v] := walk({"a": ["x"]}); count(path) == 2 }\n',
      ['x'],
    ],
    'walk in a body without braces': [
      'package p\ndeny contains v if [["a"], v] := walk({"a": "x"})\n',
      ['x'],
    ],
    'walk within an expression': ['package p\ndeny contains "a" if count(walk([1])[0]) == 1\n', ['a']],
    'walk of a sum in parentheses': [
      'package p\ndeny contains "a" if count(walk(({"a"} | {"b"}) & {"a"})[0]) == 1\n',
      ['a'],
    ],
    'walk that is negated': [
      'package p\ndeny contains "a" if not count([v | walk(input, [_, v]); v == "orders"]) == 0\n',
      ['a'],
    ],
    'walk into several lines': [
      'package p\ndeny contains v if {\n\t[\n\t\t_,\n\t\tv,\n\t] := walk(["x"])\n\tis_string(v)\n}\n',
      ['x'],
    ],
    'several bodies': [
      'package p\ndeny["a"] { true } { false }\ndeny["b"] {\n  false\n}\n{ true }\n',
      ['a', 'b'],
    ],
    'several bodies after an empty set': [
      'package p\ndeny["a"] { x := set(); y := {1}; x == y } { true }\n',
      ['a'],
    ],
    'several bodies of a head with comments': [
      'package p\ndeny[{ # why\n\t"msg": x, # because\n}] { x := "a" } { x := "b" }\n',
      ['a', 'b'],
    ],
    'several bodies of a value': [
      'package p\nf(x) = y { x == 1; y := "one" } { x == 2; y := "two" }\ndeny[msg] { msg := f(2) }\n',
      ['two'],
    ],
    'what has no members': ['package p\ndeny contains "a" if { some x in 5 }\ndeny contains "b"\n', ['b']],
    'keys of sets': ['package p\ndeny contains "a" if { "x", "x" in {"x"} }\n', ['a']],
    'an answer as the last argument': [
      'package p\ndeny contains v if { crypto.md5("a", v) }\n',
      ['0cc175b9c0f1b6a831c399e269772661'],
    ],
    'an answer of an imported function': [
      'package p\nimport data.p as lib\nf(x) := x\ndeny contains v if { lib.f("a", v) }\n',
      ['a'],
    ],
    'texts with too little or too much': [
      'package p\ndeny contains sprintf("%d %s", [1.5])\ndeny contains sprintf("a", ["b"])\n',
      ['%!d(float64=1.5) %!s(MISSING)', 'a%!(EXTRA string=b)'],
    ],
    'regular expressions of RE2': [
      'package p\ndeny contains x if { some x in ["{", "[", "é", "a.b", "Ä"]; regex.match(`^({|[[]|\\p{Lu}|\\Qa.b\\E|\\w)$`, x) }\n',
      ['[', 'a.b', '{', 'Ä'],
    ],
    'globs with an empty alternative': [
      'package p\ndeny contains "a" if glob.match("{a,}b", [], "b")\n',
      ['a'],
    ],
  };
  for (const [name, [source, expected]] of Object.entries(cases))
    test(name, () =>
      assert.deepEqual(
        found(source).map(({ message }) => message),
        expected,
      ),
    );
});

describe('[POL2] limits', () => {
  const loop = `package p
deny contains "x" if {
	some a in numbers.range(1, 1000)
	some b in numbers.range(1, 1000)
	some c in numbers.range(1, 1000)
	a * b * c < 0
}
`;
  test('of steps', () => {
    assert.deepEqual(evaluate(rego(loop), deployment()).error, {
      message: 'it takes more than 5000000 steps',
      limit: 'steps',
    });
  });
  test('of time', () => {
    assert.deepEqual(evaluate(rego(loop), deployment(), { milliseconds: 5 }).error, {
      message: 'it takes longer than 5 ms',
      limit: 'time',
    });
  });
  test('a rule that depends on itself is an error with its place', () => {
    const error = evaluate(rego('package p\ndeny contains "x" if { not deny["x"] }\n'), deployment()).error;
    assert.match(error?.message ?? '', /^policy\.rego:2:1: .*recursion/);
  });
});

test('[REGO4] what could not be evaluated cannot be when it is asked again', () => {
  const policy = rego(`package p
rule := input
deny contains "x" if {
	y := input
	rule == y with input.a as input[_]
	walk(input, [_, 1])
}
`);
  const subject = subjectOf({ a: [{ a: 1 }], secret: 'hunter2' });
  const errors = [subject, subject, { ...subject }].map(one => evaluate(policy, one).error?.message);
  assert.deepEqual(errors, Array(3).fill('policy.rego:5:37: var _ is unsafe'));
});

describe('tests in Rego', () => {
  test('what is true has passed; lines that none ran are told', () => {
    const policy = rego(
      'package p\n\ndeny contains "a" if input.a\n\ndeny contains "b" if {\n\tinput.b\n\tinput.c\n}\n',
      `package p_test
test_a if "a" in data.p.deny with input as {"a": true}
test_wrong if { print("here"); "b" in data.p.deny with input as {"a": true} }
todo_test_later if false
`,
    );
    assert.deepEqual(policy.outline.tests, [
      'data.p_test.test_a',
      'data.p_test.test_wrong',
      'data.p_test.todo_test_later',
    ]);
    const { tests, coverage } = policy.test!();
    assert.deepEqual(
      tests.map(({ name, passed }) => [name, passed]),
      [
        ['data.p_test.test_a', true],
        ['data.p_test.test_wrong', false],
      ],
    );
    assert.match(tests[1]!.message!, /^is undefined\n {2}policy1\.rego:3: here$/);
    const [own] = coverage;
    assert.equal(own!.module, 'policy.rego');
    assert.deepEqual(own!.notCovered, [5, 7]);
  });
});

test('a trace says what was printed, and what each rule found', () => {
  const policy = rego('package p\ndeny contains "a" if { print("kind", input.kind); trace("seen") }\n');
  assert.deepEqual(evaluate(policy, deployment(), { trace: true }).trace, [
    'policy.rego:2: kind Deployment',
    'seen',
    'data.p.deny: 1 found',
  ]);
});
