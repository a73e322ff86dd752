import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { realOpa } from '@causeway/testkit';
import { Document, Limits, Policies, Rules } from '../../packages/drivers/policy-rego/artefact/rego.js';
import { needInstance } from '../../packages/drivers/policy-rego/instance.ts';
import { input, moduleOf, statements, unsafe } from './statements.ts';

const run = promisify(execFile);

needInstance();
const limits = new Limits(1_000_000, 10_000, 64 * 1024 * 1024);

const holds = (statement: string): boolean => {
  const policies = new Policies([]);
  policies.addModule('policy.rego', moduleOf(statement), false);
  const document = new Document(Buffer.from(JSON.stringify(input)));
  const answer = policies.evaluate(document, new Rules(['data.p.holds']), limits);
  policies.free();
  return answer !== undefined;
};

describe('[REGO3] statements that the engine would take otherwise than OPA', () => {
  for (const [statement, expected] of Object.entries(statements))
    test(`${statement} ${expected ? 'holds' : 'does not hold'}`, () =>
      assert.equal(holds(statement), expected));

  for (const statement of unsafe)
    test(`${statement} is refused`, () => assert.throws(() => holds(statement), /_ is unsafe/));
});

const opa = realOpa();

describe('[REGO3] OPA takes them as is said here', { skip: opa.skip }, () => {
  const ask = async (modules: readonly string[], query: string): Promise<unknown> => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-opa-'));
    try {
      await Promise.all(modules.map((module, i) => writeFile(join(folder, `${i}.rego`), module)));
      const asking = run(opa.path, ['eval', '--data', folder, '--stdin-input', query]);
      asking.child.stdin?.end(JSON.stringify(input));
      return JSON.parse((await asking).stdout).result[0].expressions[0].value;
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test('what holds, and what does not', async () => {
    const modules = Object.keys(statements).map((statement, i) => moduleOf(statement, `p${i}`));
    const packages = (await ask(modules, 'data')) as Record<string, { holds?: boolean }>;
    assert.deepEqual(
      Object.fromEntries(
        Object.keys(statements).map((statement, i) => [statement, packages[`p${i}`]?.holds ?? false]),
      ),
      statements,
    );
  });

  for (const statement of unsafe)
    test(`${statement} is refused`, () =>
      assert.rejects(ask([moduleOf(statement)], 'data.p.holds'), ({ stdout }) =>
        /var _ is unsafe/.test(stdout),
      ));
});
