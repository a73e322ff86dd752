import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTarget } from './run-target.ts';
import { targets } from './targets.ts';

const megabyte = 1024 * 1024;
const filled = (part: string, before = '', after = ''): string =>
  before + part.repeat(Math.floor((megabyte - before.length - after.length) / part.length)) + after;
const numbered = (line: (index: number) => string): string =>
  Array.from({ length: 70_000 }, (_, index) => line(index)).join('');

/** What a parser may need time, stack or memory for that grows faster than the input. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  'json-body': [
    ...[
      filled('['),
      filled('{"a":'),
      filled('[', '', ']'),
      filled('"a":1,', '{', '"b":1}'),
      filled('\\u0041', '"', '"'),
    ],
    ...[
      filled('1', '', ''),
      `{${numbered(index => `"k${index}":${index},`)}"a":1}`,
      filled('1,', '[', '1]'),
      filled('\\"', '"', '"'),
    ],
  ],
  'yaml-body': [
    ...[
      '[',
      '{',
      ',',
      '- ',
      '? ',
      '"',
      '!!str ',
      '&a ',
      '%YAML 1.2\n',
      '---\n',
      '#\n',
      '\n',
      '\t',
      ':',
      '|\n',
      '*a ',
    ].map(part => filled(part)),
    ...[
      filled(',', '['),
      filled('- *a\n', '- &a x\n'),
      numbered(index => `k${index}: ${index}\n`),
      filled(' x\n', 'a: >\n'),
    ],
    ...[
      Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      `a: &a [${'x,'.repeat(9)}x]\nb: [*a, &b [*a, *a]]`,
    ],
    ...['x: &x [*x, *x]', `a: &a ["${'x'.repeat(500_000)}"]\nb: [${'*a,'.repeat(90)}*a]`],
  ],
  apply: [
    filled('[]', '', ''),
    filled('{"name":"a"},', '{"spec":{"processes":[', '{"name":"b"}]}}'),
    `{"spec":{"processes":[${numbered(index => `{"name":"p${index}"},`)}{"name":"p"}]}}`,
    `{"metadata":{"labels":{${numbered(index => `"k${index}":"",`)}"a":""}}}`,
    filled('  - {}\n', 'spec:\n  processes:\n'),
    `{"metadata":{"name":"${'x'.repeat(megabyte / 2)}"},"spec":{"no":1}}`,
  ],
  'managed-fields': [
    filled('{},', '[', '{}]'),
    `[{"operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{${numbered(index => `"f:k${index}":{},`)}"f:a":{}}}]`,
    `[{"operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":${'{"f:a":'.repeat(900)}{}${'}'.repeat(900)}}]`,
    filled('{"operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1"},', '[', '{}]'),
  ],
  'continue-token': [
    filled('['),
    filled('a/', '{"v":"meta.k8s.io/v1","rv":7,"start":"', 'a"}'),
    filled('\xff'),
  ],
  'label-selector': [filled('('), filled('a=b,'), filled('a in (b,', '', ''), filled('!')],
  'field-selector': [filled('\\'), filled('metadata.name=a,'), filled('=')],
  'krm-path': [filled('/a', '/apis'), filled('%61', '/apis/')],
  'protobuf-review': [`k8s\0${filled('\n\x04')}`, `k8s\0${filled('\xff')}`],
  'git-names': [filled('/'), filled('a/'), filled('\r\n')],
  reflog: [filled(`${'0'.repeat(40)} `), filled('<')],
  accept: [filled('application/json;'), filled(',')],
};

for (const [name, seeds] of Object.entries(inputs))
  test(`a megabyte for ${name} is answered in time [INP1]`, async () => {
    const target = targets.find(one => one.name === name);
    assert.ok(target, name);
    const { inputs: tried } = await runTarget({ ...target, seeds }, 1, 0);
    assert.equal(tried, seeds.length);
  });
