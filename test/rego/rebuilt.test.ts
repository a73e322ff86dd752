import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { missingCases, suites } from './opa-cases.ts';
import { runSuite } from './run-suite.ts';

const sources = path.join(import.meta.dirname, '../../packages/drivers/policy-rego/artefact/sources.sha256');
const sum = hash('sha256', readFileSync(sources)).slice(0, 12);
const folder = path.join(os.homedir(), '.cache/causeway-tools', `rego-${sum}`);

/** For a test’s `skip`. Throws when everything is required and nothing was built. */
const missingBuild = (): string | false => {
  if (existsSync(path.join(folder, 'rego.wasm'))) return false;
  const reason = `needs Rego’s engine, built here: run toolchain/rebuilt-rego (${folder} is not there)`;
  if (process.env.CAUSEWAY_REQUIRE_ALL === '1') throw new Error(reason);
  return reason;
};

// Bytes differ between compilers; behaviour must not.
describe('[REGO1] the engine that is committed is the one that its sources make', {
  skip: missingBuild() || missingCases(),
}, () => {
  for (const suite of suites)
    test(`they answer alike: ${suite}`, async () => {
      const committed = await runSuite(suite);
      const rebuilt = await runSuite(suite, pathToFileURL(`${folder}/`));
      assert.deepEqual(rebuilt, committed);
    });
});
