import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLines } from './plan-lines.ts';

test('[SRC3] a plan is told line by line', () => {
  const lines = planLines({
    commit: 'c'.repeat(40),
    allowed: false,
    changes: [
      {
        action: 'create',
        kind: 'EnvironmentRequest',
        name: 'a',
        path: 'platform/a.yaml',
        line: 1,
        monthlyCost: 12.5,
      },
      {
        action: 'change',
        kind: 'Service',
        name: 'b',
        path: 'platform/b.yaml',
        line: 4,
        fields: ['spec.replicas: 1 → 2'],
      },
      { action: 'unchanged', kind: 'Service', name: 'c', path: 'platform/c.yaml', line: 1 },
      { action: 'delete', kind: 'Service', name: 'd', path: 'platform/d.yaml', warnings: ['Think twice.'] },
      {
        action: 'refuse',
        kind: 'Service',
        name: 'e',
        path: 'platform/e.yaml',
        line: 2,
        problems: ['First.\nSecond.'],
      },
    ],
    problems: [{ path: 'platform/f.yaml', line: 3, message: 'It is wrong. Mend it.' }],
    notes: [{ path: 'platform/link.yaml', message: 'It is a link.' }],
    policies: 3,
    cost: { currency: 'EUR', monthly: 12.5, teamMonthly: 120, budget: 100 },
    quota: [],
  });
  assert.deepEqual(lines, [
    '✘ platform/f.yaml:3: It is wrong. Mend it.',
    '+ EnvironmentRequest/a (platform/a.yaml:1)  +12.50 EUR a month',
    '~ Service/b (platform/b.yaml:4)  spec.replicas: 1 → 2',
    '- Service/d (platform/d.yaml)',
    '    ! Think twice.',
    '✘ refused Service/e (platform/e.yaml:2)',
    '    First.',
    '    Second.',
    '! platform/link.yaml: It is a link.',
    '! cost  +12.50 EUR a month; the team then costs 120.00 EUR a month, 20.00 beyond its budget of 100.00',
  ]);
});
