import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDnsLabel } from '@causeway/model';
import { branchPreviewName, changePreviewName } from './preview-name.ts';

test('[ENV30] a preview’s name is short, says what it is of, and is one change’s alone', () => {
  assert.equal(changePreviewName('payments-api', 7), 'payments-api-cr-7');
  assert.match(branchPreviewName('payments-api', 'add-refunds'), /^payments-api-add-refunds-[0-9a-f]{4}$/);
  const long = 'a'.repeat(30);
  const services = ['a', 'a-b', 'payments-api', `${long}${long}`, `${long}${long}b`, `${long}-b-${long}`];
  const branches = [
    'x',
    'X',
    'feature/x',
    'feature-x',
    'fix_é',
    '--',
    '日本語',
    'v1.2.3',
    `users/ada/${'very-'.repeat(30)}long`,
    `users/ada/${'very-'.repeat(30)}longer`,
  ];
  const names = new Set<string>();
  for (const service of services) {
    for (const branch of branches) names.add(branchPreviewName(service, branch));
    for (const number of [1, 12, 123_456_789]) names.add(changePreviewName(service, number));
  }
  assert.equal(names.size, services.length * (branches.length + 3));
  for (const name of names) {
    assert.ok(isDnsLabel(name), name);
    assert.ok(name.length <= 40, name);
  }
});
