import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { PolicyFinding } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers';
import { canonicalJson } from '@causeway/policy';
import { parse } from 'yaml';

/**
 * Rules in the shapes that people have them in, for conftest and for Gatekeeper, in both syntaxes. A folder each: the modules,
 * and cases with what OPA finds.
 */
const root = join(import.meta.dirname, 'corpus');

interface Case {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly old?: Record<string, unknown>;
  readonly parameters?: Record<string, unknown>;
  readonly request?: Record<string, unknown>;
  readonly findings: readonly PolicyFinding[];
}

const sorted = (findings: readonly PolicyFinding[]): string[] =>
  findings
    .map(({ rule, level, message, details }) => canonicalJson({ rule, level, message, details }))
    .sort();

describe('rules that people have already', () => {
  const engine = createPolicyEngine();
  after(() => engine.close());
  let rules = 0;
  for (const family of ['conftest', 'gatekeeper'])
    for (const name of readdirSync(join(root, family))) {
      rules++;
      const folder = join(root, family, name);
      const modules = readdirSync(folder)
        .filter(file => file.endsWith('.rego'))
        .sort()
        .map(file => ({ name: file, source: readFileSync(join(folder, file), 'utf8') }));
      const cases = parse(readFileSync(join(folder, 'cases.yaml'), 'utf8')) as Case[];
      test(`[POL10] ${family}: ${name}`, async () => {
        const { digest } = await engine.load({ engine: 'rego', modules });
        const found = await Promise.all(
          cases.map(async ({ input, old, parameters = {}, request }) => {
            const subject = {
              object: input,
              ...(old ? { old } : {}),
              request: {
                operation: 'CREATE' as const,
                place: 'offline' as const,
                user: 'ada',
                actor: 'person' as const,
                time: '2026-01-01T00:00:00Z',
                ...request,
              },
            };
            const [evaluation] = await engine.evaluate([{ digest, parameters }], subject);
            return evaluation?.error?.message ?? sorted(evaluation?.findings ?? []);
          }),
        );
        assert.deepEqual(
          found.map((findings, index) => [cases[index]?.name, findings]),
          cases.map(({ name: of, findings }) => [of, sorted(findings)]),
        );
      });
    }

  test('[POL10] there are many', () => {
    assert.ok(rules >= 35);
  });
});
