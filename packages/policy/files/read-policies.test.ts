import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isPlatformError, PolicyKind } from '@causeway/model';
import { sourceOf } from '../judge/judging-policy.ts';
import { readPolicies, readPolicyFiles } from './read-folder.ts';
import { policiesOf } from './read-policies.ts';

// Each folder of fixtures is a case; beside it lies what must be read from it. CAUSEWAY_UPDATE_GOLDEN=1 writes that anew.
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

for (const name of readdirSync(fixtures).filter(entry => !entry.endsWith('.json')))
  test(`golden: policies of ${name}`, async () => {
    const found = policiesOf(await readPolicyFiles(`${fixtures}/${name}`));
    const text = `${JSON.stringify(found, null, 2)}\n`;
    const expected = `${fixtures}/${name}.json`;
    if (process.env.CAUSEWAY_UPDATE_GOLDEN === '1') writeFileSync(expected, text);
    assert.equal(text, readFileSync(expected, 'utf8'));
  });

test('[POL1] a policy of a file has the source, and so the rules and the version, that its object has', async () => {
  const { policies } = await readPolicies(`${fixtures}/own`);
  assert.equal(policies.length, 2);
  for (const { spec, source } of policies)
    assert.deepEqual(source, sourceOf({ spec: PolicyKind.spec.parse(spec), status: {} }));
});

test('a folder that cannot be read is refused with file and line of each fault', async () => {
  await assert.rejects(readPolicies(`${fixtures}/broken`), error => {
    assert.ok(isPlatformError(error, 'Invalid'));
    const places = error.causes.map(({ field }) => field?.slice(fixtures.length + 1));
    assert.ok(places.includes('broken/nameless/policy.yaml:6:3'), places.join('\n'));
    return true;
  });
  await assert.rejects(readPolicies(`${fixtures}/none`), /There is no folder/);
});
