import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments, stringify } from 'yaml';
import { evaluate, faultsOf, subjectOf } from '../policy-testing/subject.ts';
import { loadKyverno } from './load-kyverno.ts';

interface Case {
  readonly object: Readonly<Record<string, unknown>>;
  readonly old?: Readonly<Record<string, unknown>>;
  readonly operation?: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly fails: readonly string[];
  readonly says?: readonly string[];
}

const load = (policy: unknown, name = 'policy.yaml') =>
  loadKyverno({
    engine: 'kyverno',
    modules: [{ name, source: typeof policy === 'string' ? policy : stringify(policy) }],
  });

const rule = (given: Readonly<Record<string, unknown>>, spec = {}) => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'policy' },
  spec: { ...spec, rules: [{ name: 'rule', match: { any: [{ resources: { kinds: ['Pod'] } }] }, ...given }] },
});

const pod = (spec: Readonly<Record<string, unknown>>, metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
  spec,
});

const fixtures = new URL('fixtures/', import.meta.url);
for (const file of readdirSync(fixtures).sort())
  test(`[KYV1] the golden cases of ${file}`, () => {
    const [policy, golden] = [...parseAllDocuments(readFileSync(new URL(file, fixtures), 'utf8'))].map(one =>
      one.toJS(),
    );
    const loaded = load(policy, file);
    const { cases } = golden as { readonly cases: readonly Case[] };
    assert.ok(cases.length > 3);
    for (const { object, old, operation, fails, says } of cases) {
      const subject = subjectOf(object, { ...(old ? { old } : {}), ...(operation ? { operation } : {}) });
      const { findings, error, trace } = evaluate(loaded, subject, { trace: true });
      const about = `${JSON.stringify(object)}\n${trace?.join('\n')}`;
      assert.equal(error, undefined, about);
      assert.deepEqual(
        findings.map(one => one.rule),
        fails,
        about,
      );
      if (says)
        assert.deepEqual(
          findings.map(({ message }) => message),
          says,
        );
    }
  });

test('[KYV1] what is not supported is refused when the policy is loaded, where it is and why', () => {
  const pattern = { validate: { pattern: { spec: {} } } };
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [
      rule({ mutate: {} }),
      /^policy\.yaml:\d+:\d+: mutate is not supported: a policy judges and changes nothing/,
    ],
    [rule({ generate: {} }), /generate is not supported/],
    [rule({ verifyImages: [] }), /verifyImages is not supported: .*Evidence/],
    [
      rule({ ...pattern, context: [{ name: 'a', apiCall: {} }] }),
      /apiCall is not supported: a policy sees the document alone/,
    ],
    [rule({ ...pattern, context: [{ name: 'a', configMap: {} }] }), /configMap is not supported/],
    [rule({ validate: { podSecurity: {} } }), /podSecurity is not supported/],
    [rule({ validate: {} }), /there must be one of pattern/],
    [rule({ validate: { pattern: {}, deny: {} } }), /there are pattern, deny/],
    [rule({ ...pattern, match: { any: [{ clusterRoles: ['a'] }] } }), /clusterRoles is not supported/],
    [
      rule({ ...pattern, match: { any: [{ subjects: [{ kind: 'Group', name: 'a' }] }] } }),
      /groups are not known/,
    ],
    [
      rule({
        ...pattern,
        match: { any: [{ resources: { namespaceSelector: { matchLabels: { a: 'b' } } } }] },
      }),
      /namespaceSelector is not supported/,
    ],
    [rule({ ...pattern, match: {} }), /match must name something/],
    [rule({ ...pattern, match: { some: [] } }), /a filter has no field some/],
    [rule({ validate: { pattern: { a: '$(./../b)' } } }), /references/],
    [rule({ validate: { pattern: { '+(a)': 1 } } }), /belongs to mutate/],
    [rule({ validate: { pattern: { a: '{{ b.c( }}' } } }), /is no JMESPath expression/],
    [rule({ validate: { pattern: { a: '{{ b' } } }), /\{\{ without \}\}/],
    [
      rule({ validate: { pattern: { a: "{{ random('[a-z]') }}" } } }),
      /random\(\) is not supported: a decision must come out the same/,
    ],
    [
      rule({ validate: { deny: { conditions: [{ key: 1, operator: 'Is', value: 1 }] } } }),
      /the operator of a condition is one of/,
    ],
    [rule({ validate: { cel: { expressions: [{ expression: 'object.a ==' }] } } }), /syntax/],
    [
      rule({ validate: { cel: { paramRef: {}, expressions: [{ expression: 'true' }] } } }),
      /paramRef is not supported/,
    ],
    [rule(pattern, { generateExisting: true }), /generateExisting of a ClusterPolicy is not supported/],
    [{ apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy' }, /engine: cel/],
    [{ apiVersion: 'v1', kind: 'Pod' }, /expected a ClusterPolicy/],
    ['a: [', /not YAML/],
    ['', /the policy is empty/],
  ];
  for (const [policy, wanted] of refused) {
    const faults = faultsOf(() => load(policy));
    if (policy === '') assert.throws(() => load(policy), wanted);
    else assert.match(faults.join('\n') || 'taken', wanted);
  }
});

test('a fault says its line and column', () => {
  const source = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: a}
spec:
  rules:
    - name: a
      match: {any: [{resources: {kinds: [Pod]}}]}
      mutate:
        patchStrategicMerge: {}
`;
  assert.deepEqual(
    faultsOf(() => load(source)).map(one => one.split(' ')[0]),
    ['policy.yaml:9:9:'],
  );
});

test('a variable without a value is an error, except in a precondition', () => {
  const denies = {
    validate: {
      deny: { conditions: [{ key: '{{ request.object.spec.missing }}', operator: 'Equals', value: 'x' }] },
    },
  };
  assert.match(
    evaluate(load(rule(denies)), subjectOf(pod({}))).error?.message ?? '',
    /spec\.missing has no value/,
  );
  const asks = {
    preconditions: [{ key: '{{ request.object.spec.missing }}', operator: 'Equals', value: 'x' }],
    ...denies,
  };
  assert.deepEqual(evaluate(load(rule(asks)), subjectOf(pod({}))).findings, []);
});

test('[KYV2] what a document says never becomes part of the policy', () => {
  const policy = load(
    rule({
      validate: {
        message: 'no {{ request.object.metadata.name }}',
        deny: { conditions: [{ key: '{{ request.object.metadata.name }}', operator: 'Equals', value: '*' }] },
      },
    }),
  );
  const name = '{{ request.object.spec }}';
  assert.deepEqual(
    evaluate(policy, subjectOf(pod({}, { name }))).findings.map(({ message }) => message),
    [`no ${name}`],
  );
  const nested = load(
    rule({
      validate: {
        deny: {
          conditions: [
            {
              key: "{{ request.object.spec.containers[?name=='{{ request.object.metadata.name }}'] | length(@) }}",
              operator: 'Equals',
              value: 0,
            },
          ],
        },
      },
    }),
  );
  const containers = [{ name: 'b' }];
  assert.equal(evaluate(nested, subjectOf(pod({ containers }))).findings.length, 1);
  assert.match(
    evaluate(nested, subjectOf(pod({ containers }, { name: "' || name=='b" }))).error?.message ?? '',
    /cannot stand within an expression/,
  );
});

test('fields named like JavaScript’s own are fields', () => {
  const policy = load(
    rule({
      validate: { pattern: { spec: { constructor: '?*', '=(toString)': 'x', 'X(valueOf)': 'null' } } },
    }),
  );
  assert.equal(evaluate(policy, subjectOf(pod({}))).findings.length, 1);
  assert.equal(evaluate(policy, subjectOf(pod({ constructor: 'a' }))).findings.length, 0);
});

test('applyRules: One stops at the first rule that says something; a Policy is of its namespace', () => {
  const one = rule({ validate: { pattern: { spec: { a: 1 } } } });
  const second = { ...one.spec.rules[0], name: 'second' };
  const both = (applyRules: string) =>
    load({ ...one, spec: { applyRules, rules: [...one.spec.rules, second] } });
  assert.equal(evaluate(both('All'), subjectOf(pod({}))).findings.length, 2);
  assert.equal(evaluate(both('One'), subjectOf(pod({}))).findings.length, 1);
  const namespaced = load({ ...one, kind: 'Policy', metadata: { name: 'a', namespace: 'sales' } });
  assert.equal(evaluate(namespaced, subjectOf(pod({}, { namespace: 'sales' }))).findings.length, 1);
  assert.equal(evaluate(namespaced, subjectOf(pod({}, { namespace: 'other' }))).findings.length, 0);
});

test('what is deleted concerns rules that name the operation, and they see what was', () => {
  const protectedOnes = rule({
    match: { any: [{ resources: { kinds: ['Pod'], operations: ['DELETE'] } }] },
    validate: {
      deny: {
        conditions: [
          { key: '{{ request.oldObject.metadata.labels.keep }}', operator: 'Equals', value: 'yes' },
        ],
      },
    },
  });
  const subject = subjectOf(pod({}, { labels: { keep: 'yes' } }), { operation: 'DELETE' });
  assert.equal(evaluate(load(protectedOnes), subject).findings.length, 1);
  assert.equal(evaluate(load(rule({ validate: { deny: {} } })), subject).findings.length, 0);
});

test('a policy over huge documents ends at its limit', () => {
  const many = Array.from({ length: 1000 }, () => ({
    ports: Array.from({ length: 1000 }, () => ({ port: 1 })),
  }));
  const policy = load(
    rule({ validate: { pattern: { spec: { containers: [{ ports: [{ port: '>0' }] }] } } } }),
  );
  const { error } = evaluate(policy, subjectOf(pod({ containers: many })));
  assert.equal(error?.limit, 'steps');
});
