import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { loadCel } from '../policy-cel/load-cel.ts';
import { loadKyverno } from '../policy-kyverno/load-kyverno.ts';
import type { LoadPolicy } from '../policy-workers/loaded-policy.ts';
import { evaluate, subjectOf } from './subject.ts';

/** Loads what can be loaded, and asks it of a document: whatever is wrong is a refusal or an error of the evaluation. */
const mustAnswer = (load: LoadPolicy, engine: 'cel' | 'kyverno', source: string, object: unknown): void => {
  let policy: ReturnType<LoadPolicy>;
  try {
    policy = load({ engine, modules: [{ name: 'policy', source }] });
  } catch (error) {
    if (!isPlatformError(error, 'Invalid')) throw error;
    assert.ok(error.causes.every(({ message, field }) => message !== '' && field !== undefined));
    return;
  }
  const document = object !== null && typeof object === 'object' ? object : {};
  for (const operation of ['CREATE', 'DELETE'] as const)
    evaluate(policy, subjectOf(document as Record<string, unknown>, { operation }), { trace: true });
};

const words = fc.constantFrom(
  ...[
    'object',
    '.',
    '.?',
    '[?',
    '[',
    ']',
    '(',
    ')',
    '"a"',
    "'",
    '"""',
    'r"',
    '1',
    '-',
    '&&',
    '||',
    '!',
    '?',
    ':',
    '{',
    '}',
    ',',
  ],
  ...[
    'all',
    'map',
    '(x, x)',
    'has(',
    'variables',
    'kind',
    'metadata',
    ' in ',
    '==',
    '+',
    '\n',
    '//',
    'null',
    'size()',
    'é',
    '\u0000',
    '1e999',
  ],
  ...[
    'optional.of(',
    'orValue(',
    'quantity(',
    'matches(',
    '@result',
    'params',
    '99999999999999999999',
    'validations:\n- expression: ',
  ],
);

const documents = fc.oneof(
  fc.jsonValue(),
  fc.record({
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'batch/v1'),
    kind: fc.constantFrom('Pod', 'Deployment', 'CronJob', 'Service', 'ConfigMap', 'Namespace'),
    metadata: fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.string(), namespace: fc.string(), labels: fc.jsonValue() }),
    ),
    spec: fc.oneof(
      fc.jsonValue(),
      fc.record({ containers: fc.array(fc.jsonValue()), template: fc.jsonValue() }),
    ),
  }),
);

test('whatever is written as CEL is refused in words, or answers', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 14 }), documents, (parts, object) =>
      mustAnswer(loadCel, 'cel', parts.join(''), object),
    ),
    { numRuns: 1500 },
  );
});

const fixtures = new URL('../policy-kyverno/fixtures/', import.meta.url);
const policies = readdirSync(fixtures).map(
  file => parseAllDocuments(readFileSync(new URL(file, fixtures), 'utf8'))[0]?.toJS() as unknown,
);

/** A value somewhere in a document becomes another one. */
const changed = (root: unknown, path: readonly number[], by: unknown): unknown => {
  const [first, ...rest] = path;
  if (first === undefined || root === null || typeof root !== 'object') return by;
  const keys = Object.keys(root);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const inner = changed((root as Record<string, unknown>)[key], rest, by);
  return Array.isArray(root)
    ? root.map((one, index) => (String(index) === key ? inner : one))
    : { ...root, [key]: inner };
};

test('whatever is written as a Kyverno policy is refused in words, or answers', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '{{',
      '}}',
      '{{ a',
      '{{ request.object }}',
      '{{ {{ element }} }}',
      '{{ @ }}',
      '{{ @.[*].b || `1` }}',
      '>',
      '!',
      '|',
      '1-',
      '*-*',
      'x/y/z/w/v',
      '',
    ),
    fc.constantFrom(
      { toString: 0 },
      { '(a)': 1 },
      { '^(a)': [{}] },
      { '<(a)': null },
      { 'X()': 1 },
      { '=(a)': { '(b)': 1 } },
      [[1]],
      [[]],
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...policies),
      fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 }),
      values,
      documents,
      (policy, path, by, object) =>
        mustAnswer(loadKyverno, 'kyverno', stringify(changed(policy, path, by)), object),
    ),
    { numRuns: 1000 },
  );
});

test('a text of any kind is no policy, or is one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      mustAnswer(loadCel, 'cel', text, {});
      mustAnswer(loadKyverno, 'kyverno', text, {});
    }),
    { numRuns: 500 },
  );
});
