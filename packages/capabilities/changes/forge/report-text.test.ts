import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { ChangeRequest, Plan } from '@causeway/model';
import { plainMarkdown } from './plain-markdown.ts';
import { commentOf, statusOf } from './report-text.ts';

const plan: Plan = {
  commit: '0123456789abcdef',
  allowed: true,
  changes: [
    {
      action: 'create',
      kind: 'EnvironmentRequest',
      name: 'staging',
      path: 'platform/staging.yaml',
      monthlyCost: 12.5,
      warnings: ['give it a purpose'],
    },
    {
      action: 'change',
      kind: 'Service',
      name: 'orders',
      path: 'platform/orders.yaml',
      fields: ['spec.replicas: 1 → 2'],
    },
    { action: 'unchanged', kind: 'Service', name: 'same', path: 'platform/same.yaml' },
  ],
  problems: [],
  policies: 7,
  cost: { currency: 'EUR', monthly: 12.5, teamMonthly: 80, budget: 100 },
  quota: [{ kind: 'EnvironmentRequest', used: 2, limit: 5 }],
};
const change = (status: NonNullable<ChangeRequest['status']>): Pick<ChangeRequest, 'spec' | 'status'> => ({
  spec: {
    service: 'infrastructure',
    number: 7,
    source: 'staging',
    target: 'main',
    title: 'Staging',
    author: 'alice',
    closed: false,
  },
  status,
});

test('[FRG4] the comment tells plan, verdict, cost, quota and environments', () => {
  const environments = [
    {
      name: 'staging',
      state: 'ready after 4 s',
      url: 'http://orders.staging.shop.localhost:7080',
      expiresAt: '2026-12-05T10:00:00.000Z',
    },
  ];
  assert.equal(
    commentOf(change({ phase: 'Merged', plan, environments }), undefined),
    `### Causeway: infrastructure

Merged: what the files say is made true now.

✔ **Plan** for 0123456789: merging creates 1, changes 1.

- **create** EnvironmentRequest/staging (platform/staging.yaml, +12.5 a month)
  - ! give it a purpose
- **change** Service/orders (platform/orders.yaml)
  - spec.replicas: 1 → 2

**Policy**: allowed; 7 rules passed.

**Cost**, estimated: +12.5 EUR a month; the team then costs 80.00 EUR a month, 20.00 left of its budget of 100.00.

**Quota** after the merge: EnvironmentRequest 2 of 5.

| Environment | State | URL | Expires |
|---|---|---|---|
| staging | ready after 4 s | <http://orders.staging.shop.localhost:7080> | 2026-12-05T10:00:00.000Z |`,
  );
});

test('the status says in a sentence what would happen, or what is wrong first', () => {
  assert.deepEqual(statusOf(plan, undefined), {
    state: 'success',
    description: 'Merging creates 1, changes 1.',
  });
  const problems = [{ path: 'platform/a.yaml', line: 3, message: 'It is no YAML.' }];
  assert.deepEqual(statusOf({ ...plan, allowed: false, problems }, undefined), {
    state: 'failure',
    description: 'platform/a.yaml:3: It is no YAML.',
  });
  const changes: Plan['changes'] = [
    { action: 'refuse', kind: 'Service', name: 'x', path: 'p', problems: ['There is no team x.'] },
  ];
  assert.deepEqual(statusOf({ ...plan, allowed: false, changes }, undefined), {
    state: 'failure',
    description: 'Service/x: There is no team x.',
  });
  assert.equal(statusOf(undefined, undefined).state, 'success');
  assert.equal(statusOf(undefined, 'It comes from a fork.').state, 'pending');
});

test('[FRG4] what people wrote stays on its line, calls nobody and links nothing', () => {
  const list: string[] = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('big-list-of-naughty-strings'), 'utf8'),
  );
  const hostile = [
    '<!-- causeway 00 --> <img src=x onerror=alert(1)>',
    '@everyone #1 https://evil.example [x](javascript:alert(1)) ![](http://evil.example/a.png)',
    '| a | b |\n\n## heading',
    '\u202e\u0000`code`',
    '\ud800',
  ];
  assert.ok(list.length > 100);
  for (const text of [...list, ...hostile]) {
    const plain = plainMarkdown(text);
    assert.ok(!/[\n\r<>]/.test(plain), text);
    assert.ok(!/@[\w]/.test(plain), text);
    assert.ok(!/https?:\/\//.test(plain), text);
    assert.ok(plain.isWellFormed() && !plain.includes('\u202e'), text);
    assert.ok(!/(?<!\\)(?:\\\\)*[`*_[\]#|]/.test(plain.replaceAll(/\\[`*_{}[\]()#+!|~-]/g, '')), text);
    const lines = commentOf(
      change({
        phase: 'Open',
        plan: {
          ...plan,
          changes: [{ action: 'create', kind: 'Service', name: text, path: text, problems: [text] }],
        },
        environments: [{ name: text, state: text }],
      }),
      undefined,
    ).split('\n');
    assert.equal(lines.length, 16, text);
  }
});

test('a plan without end is cut', () => {
  const changes = Array.from({ length: 5000 }, (_, index) => ({
    action: 'create' as const,
    kind: 'Service',
    name: `s-${index}`,
    path: 'p',
  }));
  const text = commentOf(change({ phase: 'Open', plan: { ...plan, changes } }), undefined);
  assert.match(text, /and 4940 more lines/);
  assert.ok(text.length < 65_000);
});
