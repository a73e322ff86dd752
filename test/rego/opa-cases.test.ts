import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { knownDisagreements, readSpecLine, specLine } from './known-disagreements.ts';
import { missingCases, suites } from './opa-cases.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';

describe('[REGO2] OPA’s conformance cases', { skip: missingCases() }, () => {
  const results: SuiteResult[] = [];

  for (const suite of suites)
    test(suite, async t => {
      const result = await runSuite(suite);
      results.push(result);
      const { cases, disagreements } = result;
      t.diagnostic(`${cases - disagreements.size} of ${cases} agree`);
      assert.ok(cases > 2000, 'the suite is there in full');
      const known = new Set(knownDisagreements(suite));
      const broken = [...disagreements].filter(([note]) => !known.has(note));
      assert.deepEqual(Object.fromEntries(broken), {}, 'these agreed before');
      const mended = [...known].filter(note => !disagreements.has(note));
      assert.deepEqual(mended, [], 'these agree now: take them off the list with npm run rego');
    });

  test('the share that SPEC.md tells is the one that was found', () => {
    assert.equal(readSpecLine(), specLine(results[0]!, results[1]!));
  });
});
