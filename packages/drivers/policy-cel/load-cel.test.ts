import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicySource } from '@causeway/contracts';
import { maxSteps } from '../policy-documents/budget.ts';
import { evaluate, faultsOf, subjectOf } from '../policy-testing/subject.ts';
import { loadCel } from './load-cel.ts';

const cel = (...modules: readonly string[]): PolicySource => ({
  engine: 'cel',
  modules: modules.map((source, index) => ({
    name: index === 0 ? 'policy.cel' : `other-${index}.cel`,
    source,
  })),
});

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'sales', labels: { app: 'shop' } },
  spec: {
    replicas: 3,
    ratio: 0.5,
    template: {
      spec: {
        containers: [
          { name: 'web', image: 'registry.example/web:1.2', resources: { limits: { memory: '512Mi' } } },
          { name: 'proxy', image: 'registry.example/proxy:latest' },
        ],
      },
    },
  },
};

const say = (source: string, parameters = {}, object: Readonly<Record<string, unknown>> = deployment) => {
  const { findings, error } = evaluate(loadCel(cel(source)), subjectOf(object), { parameters });
  return error ? `error: ${error.message}` : findings.map(({ message }) => message);
};

test('an expression by itself must be true', () => {
  assert.deepEqual(say('object.spec.replicas <= 5'), []);
  assert.deepEqual(say('object.spec.replicas <= 2'), ['failed: object.spec.replicas <= 2']);
  assert.deepEqual(say('// a comment\nobject.kind == "Deployment" ? object.spec.replicas > 1 : true'), []);
  assert.deepEqual(loadCel(cel('true', 'false')).outline, {
    syntax: 'cel',
    rules: ['policy', 'other-1'],
    tests: [],
  });
});

test('what people write in Kubernetes’ policies holds here', () => {
  const holds = [
    'object.spec.template.spec.containers.all(c, c.image.startsWith("registry.example/"))',
    'object.spec.template.spec.containers.exists_one(c, c.image.endsWith(":latest"))',
    'object.spec.template.spec.containers.map(c, c.name).join(",") == "web,proxy"',
    'object.spec.template.spec.containers.filter(c, has(c.resources)).size() == 1',
    'object.spec.template.spec.containers.map(c, c.name == "web", c.image) == ["registry.example/web:1.2"]',
    'object.metadata.labels.all(key, key in ["app"])',
    '"app" in object.metadata.labels && object.metadata.labels["app"].matches("^[a-z]+$")',
    'object.metadata.?annotations["x"].orValue("none") == "none"',
    'object.spec.?strategy.rollingUpdate.maxSurge.hasValue() == false',
    '!has(object.spec.?strategy.rollingUpdate)',
    'object.metadata.labels[?"app"].value() == "shop"',
    'object.spec.?replicas.optMap(r, r * 2).orValue(0) == 6',
    'object.spec.?nothing.optMap(r, r * 2).orValue(0) == 0',
    'object.spec.?replicas.optFlatMap(r, r > 5 ? optional.of(r) : optional.none()).orValue(1) == 1',
    'optional.ofNonZeroValue("").or(optional.of("b")).value() == "b"',
    `"a.?b" == "a." + "?b" && r"\\[?" == "\\\\[?" && '''x.?y''' == "x.?y" // z.?`,
    'oldObject.?metadata.name.orValue("new") == "new" && object.kind.orValue("x") == "Deployment"',
    'cel.bind(images, object.spec.template.spec.containers.map(c, c.image), images.size() == 2)',
    'object.spec.ratio < 1 && object.spec.replicas > 2.5',
    'quantity(object.spec.template.spec.containers[0].resources.limits.memory).isLessThan(quantity("1Gi"))',
    'quantity("1.5Gi").compareTo(quantity("1536Mi")) == 0 && quantity("500m").add(quantity("0.5")) == quantity("1")',
    'isQuantity("1Gi") && !isQuantity("1Gib") && quantity("2k").asInteger() == 2000 && quantity("-1").sign() == -1',
    'url("https://example.com:8080/a%20b?q=1&q=2").getPort() == "8080" && !isURL("example.com")',
    'url("https://[::1]:80/x").getHostname() == "::1" && url("/p?a=b").getQuery() == {"a": ["b"]}',
    '"v12 v34".find("[0-9]+") == "12" && "v12 v34".findAll("[0-9]+", 1) == ["12"] && "x".find("[0-9]") == ""',
    '[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3 && ![3, 1].isSorted() && ["a", "a"].lastIndexOf("a") == 1',
    'sets.contains([1, 2], [2.0]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])',
    '"Shop".lowerAscii() == "shop" && " x ".trim() == "x" && "a-b".split("-") == ["a", "b"] && "aa".replace("a", "b", 1) == "ba"',
    '"%s has %d".format([object.metadata.name, object.spec.replicas]) == "shop has 3"',
    'timestamp(request.time) < timestamp("2026-03-02T00:00:00Z") && duration("36h") > duration("1h")',
    'type(object.spec.replicas) == int && type(object.spec.ratio) == double && int("3") == 3',
    'request.userInfo.username == "ann" && request.operation == "CREATE" && request.place == "admission"',
    'request.kind.group == "apps" && request.resource.resource == "deployments" && request.namespace == "sales"',
    'oldObject == null && namespaceObject == null && params.most >= object.spec.replicas',
  ];
  for (const one of holds) assert.deepEqual(say(one, { most: 3 }), [], one);
});

test('[CEL1] a fault of syntax or type is refused when the policy is loaded, at its line and column', () => {
  const refused: readonly (readonly [string, string | RegExp])[] = [
    ['object.spec.\n  replicas <', /^policy\.cel:2:12: syntax: /],
    ['1 + "a" == 2', 'policy.cel:1:3: there is no +(int, string)'],
    ['object.kind == "A" &&\n  "x"', 'policy.cel:2:3: each side of && must be true or false, not string'],
    ['"a" == 1', 'policy.cel:1:5: a string is never equal to a int'],
    ['object.size()', 'policy.cel:1:1: this must be a bool, and is a int'],
    ['"a".nonsense()', 'policy.cel:1:4: there is no function nonsense'],
    ['"a".startsWith(1)', 'policy.cel:1:4: a string has no startsWith(int)'],
    ['["a"].all(x, x.y == 1)', 'policy.cel:1:15: a string has no field y'],
    ['(1).all(x, true)', /^policy\.cel:1:\d+: a int has nothing to go through$/],
    ['objet.spec == 1', /^policy\.cel:1:1: there is no objet here; there are namespaceObject, object/],
    ['object.a.all(x, y == 1)', /^policy\.cel:1:17: there is no y here/],
    ['authorizer.group("x").check("y").allowed()', /authorizer is not supported/],
    ['ip("10.0.0.1").family() == 4', /IP library is not supported/],
    ['variables.x == 1', 'policy.cel:1:10: there is no variable x before this'],
    ['google.protobuf.Duration{} == 1', /messages such as/],
    [`${'('.repeat(9000)}1${')'.repeat(9000)} == 1`, /nested too deeply/],
    [`"${'a'.repeat(30_000)}" == ""`, /at most 20000 characters/],
    ['', /syntax/],
  ];
  for (const [source, wanted] of refused) {
    const [first = 'taken'] = faultsOf(() => loadCel(cel(source)));
    if (typeof wanted === 'string') assert.equal(first, wanted);
    else assert.match(first, wanted);
  }
});

test('validations, variables and conditions are those of a ValidatingAdmissionPolicy', () => {
  const source = `
variables:
  - name: most
    expression: params.?most.orValue(2)
  - name: over
    expression: object.spec.replicas > variables.most
  - name: broken
    expression: object.nothing.there
matchConditions:
  - name: only-deployments
    expression: object.kind == 'Deployment'
validations:
  - expression: "!variables.over"
    messageExpression: "'at most ' + string(variables.most) + ' replicas'"
    reason: Forbidden
  - expression: object.spec.replicas > 100
    message: too few
  - expression: has(variables.most) && object.spec.replicas < 0
    messageExpression: object.nothing
    message: falls back
`;
  const policy = loadCel(cel(source));
  assert.deepEqual(policy.outline.rules, ['validations[0]', 'validations[1]', 'validations[2]']);
  const { findings, error, trace } = evaluate(policy, subjectOf(deployment), { trace: true });
  assert.equal(error, undefined);
  assert.deepEqual(findings, [
    {
      rule: 'validations[0]',
      level: 'deny',
      message: 'at most 2 replicas',
      details: { reason: 'Forbidden' },
    },
    { rule: 'validations[1]', level: 'deny', message: 'too few' },
    { rule: 'validations[2]', level: 'deny', message: 'falls back' },
  ]);
  assert.deepEqual(trace, [
    'condition only-deployments: true',
    'variable most: 2',
    'variable over: true',
    'validations[0]: false',
    'validations[1]: false',
    'validations[2]: false',
  ]);
  assert.deepEqual(evaluate(policy, subjectOf({ ...deployment, kind: 'Pod' })).findings, []);
  assert.equal(evaluate(policy, subjectOf(deployment), { parameters: { most: 9 } }).findings.length, 2);
});

test('[CEL1] what cannot be evaluated is an error, and hides nothing that is found besides', () => {
  const { findings, error } = evaluate(
    loadCel(cel('validations:\n- expression: object.no.thing == 1\n- expression: object.kind == "Pod"\n')),
    subjectOf(deployment),
  );
  assert.match(error?.message ?? '', /^validations\[0\]: .*no/);
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['validations[1]'],
  );
  assert.match(String(say('object.spec')), /^error: .*neither true nor false/);
  assert.deepEqual(say('object.no.thing == 1 || true'), []);
  assert.match(
    String(
      say('matchConditions: [{name: c, expression: object.no == 1}]\nvalidations: [{expression: "true"}]'),
    ),
    /matchCondition c/,
  );
});

const admissionPolicy = (constraints: string): string => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  failurePolicy: Fail
  matchConstraints:
${constraints}
  validations:
  - expression: object.spec.replicas <= 2
    message: at most two
`;

test('a whole ValidatingAdmissionPolicy judges what its constraints are about', () => {
  const judge = (constraints: string, subject = subjectOf(deployment)) =>
    evaluate(loadCel(cel(admissionPolicy(constraints))), subject).findings.map(({ message }) => message);
  const rule = (resources: string, operations = 'CREATE, UPDATE', more = '') =>
    `    resourceRules:\n    - {apiGroups: [apps], apiVersions: [v1], operations: [${operations}], resources: [${resources}]${more}}`;
  assert.deepEqual(judge(rule('deployments')), ['at most two']);
  assert.deepEqual(judge(rule('"*"', '"*"')), ['at most two']);
  assert.deepEqual(judge(rule('pods')), []);
  assert.deepEqual(judge(rule('deployments', 'DELETE')), []);
  assert.deepEqual(judge(rule('deployments', '"*"', ', resourceNames: [other]')), []);
  assert.deepEqual(judge(`${rule('deployments')}\n    objectSelector: {matchLabels: {app: shop}}`), [
    'at most two',
  ]);
  assert.deepEqual(
    judge(
      `${rule('deployments')}\n    objectSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}`,
    ),
    [],
  );
  assert.deepEqual(
    judge(
      `${rule('deployments')}\n    excludeResourceRules:\n    - {apiGroups: [apps], apiVersions: ["*"], operations: ["*"], resources: [deployments]}`,
    ),
    [],
  );
  assert.match(
    String(faultsOf(() => loadCel(cel(admissionPolicy('    namespaceSelector: {matchLabels: {a: b}}'))))),
    /policy\.cel:8:24: a namespaceSelector is not supported/,
  );
});

test('what is deleted is null, and was', () => {
  const policy = loadCel(cel('object == null && oldObject.metadata.name == "shop"'));
  assert.deepEqual(evaluate(policy, subjectOf(deployment, { operation: 'DELETE' })).findings, []);
});

test('a document that is none of these is refused where it is wrong', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      'validations:\n  - expression: |\n      object.spec.replicas > 1\n      && nothing == 2\n',
      /^policy\.cel:4:10: there is no nothing/,
    ],
    ['validations:\n  - expression: "object.a == here"\n', /^policy\.cel:2:30: there is no here/],
    ['validations:\n  - expresion: true\n', /^policy\.cel:2:16: there is no field expresion/],
    ['validations: {}', /^policy\.cel:1:14: validations must be a list/],
    ['validations:\n- expression: "a\n', /^policy\.cel:\d:\d+: not YAML/],
    ['rules:\n- a\n', /there is no field rules/],
    [
      'variables:\n- {name: a, expression: variables.b}\n- {name: b, expression: "1"}\nvalidations: [{expression: "true"}]',
      /there is no variable b before this/,
    ],
    ['apiVersion: v1\nkind: Pod\n', /^policy\.cel:2:7: expected a ValidatingAdmissionPolicy, not Pod/],
    [
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\n',
      /Binding is not read/,
    ],
    [
      `validations: [{expression: "true"}]\nx: &a [1]\ny: [${'*a, '.repeat(200)}]`,
      /not YAML: Excessive alias count/,
    ],
  ];
  for (const [source, wanted] of refused)
    assert.match(faultsOf(() => loadCel(cel(source)))[0] ?? 'taken', wanted);
});

test('[CEL2] loops within loops end at their limit, whatever the expression makes of errors', () => {
  const many = { kind: 'List', items: Array.from({ length: 1000 }, (_, index) => index) };
  for (const source of [
    'object.items.all(a, object.items.all(b, object.items.all(c, a + b + c >= 0)))',
    'object.items.exists(a, object.items.exists(b, object.items.exists(c, a + b + c < 0))) || true',
    'object.items.map(a, object.items.map(b, object.items.map(c, 1))).size() >= 0',
  ]) {
    const { error } = evaluate(loadCel(cel(source)), subjectOf(many));
    assert.deepEqual(error, { message: `its loops take more than ${maxSteps} steps`, limit: 'steps' });
  }
  const { error } = evaluate(
    loadCel(cel('object.items.all(a, object.items.all(b, a + b >= 0))')),
    subjectOf({ kind: 'List', items: Array.from({ length: 700 }, (_, index) => index) }),
    { milliseconds: 5 },
  );
  assert.deepEqual(error, { message: 'it takes longer than 5 ms', limit: 'time' });
  assert.deepEqual(
    say(
      'object.items.map(a, a).filter(a, a > 5).map(a, a).size() == 59994',
      {},
      {
        items: Array.from({ length: 60_000 }, (_, index) => index),
      },
    ),
    [],
  );
});

test('the same subject gives the same findings, and nothing is kept between evaluations', () => {
  const policy = loadCel(
    cel('validations: [{expression: "variables.n > 5"}]\nvariables: [{name: n, expression: object.n}]'),
  );
  for (const n of [1, 9, 1, 9])
    assert.equal(evaluate(policy, subjectOf({ kind: 'X', n })).findings.length, n > 5 ? 0 : 1);
});

test('names of JavaScript’s own are nothing to an expression', () => {
  for (const one of ['constructor', 'toString', 'hasOwnProperty', '__proto__'])
    assert.match(String(faultsOf(() => loadCel(cel(`${one} == 1`)))), /there is no/);
  assert.deepEqual(say('!has(object.constructor) && !has(object.__proto__)'), []);
});
