import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { byField, wishOf } from './static/wish.js';
import { yamlOf } from './static/yaml.js';

const filled = {
  name: ' payments-staging ',
  purpose: 'integration-test',
  lifetime: '14d',
  region: 'eu-central-1',
  classification: 'internal',
  services: { 'payments-api': '2', 'payments-worker': '' },
};

test('what is filled in becomes the file that people would write', () => {
  assert.equal(
    yamlOf(wishOf('payments-team', filled)),
    `apiVersion: causeway.dev/v1
kind: EnvironmentRequest
metadata:
  name: payments-staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: 14d
  region: eu-central-1
  dataClassification: internal
  services:
    - name: payments-api
      replicas: 2
    - name: payments-worker
`,
  );
});

test('what was left empty is left out; a count that is none goes as it is', () => {
  const { spec } = wishOf('a', {
    ...filled,
    purpose: ' ',
    region: '',
    classification: '',
    services: { b: 'many', c: '-1' },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), {
    owner: 'a',
    lifetime: '14d',
    services: [
      { name: 'b', replicas: 'many' },
      { name: 'c', replicas: '-1' },
    ],
  });
  assert.match(yamlOf(wishOf('a', { ...filled, services: {} })), /services: \[\]/);
});

test('any text is the same text for a reader of YAML', () => {
  for (const text of [
    'true',
    'No',
    'null',
    '~',
    '1e5',
    '0x1f',
    '12:30:45',
    '2026-03-01',
    '.5',
    '- a',
    'a: b',
    'a #b',
    '#',
    '&a',
    '*a',
    '!x',
    '%',
    '@',
    '`',
    "it's",
    '"',
    '{a}',
    '[',
    'a\nb',
    '\ttab',
    ' blank ',
    'ümlaut',
    '田中',
    '👩‍👩‍👧',
    '\u2028',
    '\u0000',
    '\u0085',
    '<script>alert(1)</script>',
    '14d',
    '14e',
    'trailing:',
  ]) {
    const wish = { a: text, list: [{ b: text, c: 1 }], inner: { d: text } };
    assert.deepEqual(parse(yamlOf(wish)), wish, JSON.stringify(text));
  }
});

test('a refusal is shown where it belongs', () => {
  const said = [
    ['metadata.name', 'a'],
    ['spec.services[1].name', 'b'],
    ['spec.services', 'c'],
    ['spec.dataClassification', 'd'],
    ['environment-lifetime', 'e'],
    ['spec.owner', 'f'],
  ].map(([field = '', message = '']) => ({ field, message }));
  assert.deepEqual(byField(said, ['ledger', 'payments-api']), {
    name: ['a'],
    services: ['payments-api: b', 'c'],
    classification: ['d'],
    other: ['e', 'f'],
  });
});
