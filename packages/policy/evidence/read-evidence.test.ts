import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EvidenceKind, isPlatformError } from '@causeway/model';
import fc from 'fast-check';
import { readEvidence } from './read-evidence.ts';

const fixtures = new URL('fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');
const names = readdirSync(fixtures).filter(name => !name.endsWith('.expected.json'));

/** That a report may be stored as it was read. */
const mustFit = ({ notes: _, ...report }: ReturnType<typeof readEvidence>): void => {
  const parsed = EvidenceKind.spec.safeParse({ service: 'shop', ...report });
  assert.equal(parsed.error?.message, undefined);
};

for (const name of names)
  test(`what ${name} says`, () => {
    const report = readEvidence(read(name));
    assert.deepEqual(report, JSON.parse(read(name.replace('.json', '.expected.json'))));
    mustFit(report);
  });

test('[EVI1] a secret that was found is not copied', () => {
  assert.ok(!JSON.stringify(readEvidence(read('trivy.json'))).includes('the-secret-itself'));
});

test('other shapes of the same formats', () => {
  const cluster = {
    ClusterName: 'kind',
    Resources: [
      { Kind: 'Deployment', Results: [{ Target: 'a', Vulnerabilities: [{ VulnerabilityID: 'CVE-1' }] }] },
    ],
  };
  assert.equal(readEvidence(JSON.stringify(cluster)).findings.length, 1);
  assert.deepEqual(readEvidence('{"SchemaVersion":2,"ArtifactName":"a"}').findings, []);
  assert.deepEqual(readEvidence('\ufeff{"version":"2.1.0","runs":[]}').findings, []);
  const old = {
    bomFormat: 'CycloneDX',
    specVersion: '1.4',
    metadata: { tools: [{ vendor: 'a', name: 'b', version: '1' }] },
  };
  assert.equal(readEvidence(JSON.stringify(old)).tool, 'b 1');
});

test('[EVI1] what is no report, or a broken one, is refused where it is wrong', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /it is not JSON/],
    ['<bom/>', /it is not JSON .*CycloneDX JSON/],
    ['[]', /must be a JSON object/],
    ['null', /must be a JSON object/],
    ['{}', /its format is not known; what is read is Trivy JSON/],
    ['{"version":"2.0.0","runs":[]}', /^version: SARIF 2\.1\.0 is read, and this is 2\.0\.0/],
    ['{"version":"2.1.0","runs":{}}', /^runs: this must be a list, and is an object/],
    ['{"version":"2.1.0","runs":[{}]}', /^runs\[0\]: it has no tool/],
    [
      '{"version":"2.1.0","runs":[{"tool":{"driver":{}},"results":[{},{"level":3,"message":[]}]}]}',
      /^runs\[0\]\.results\[1\]\.message: this must be an object, and is a list/,
    ],
    [
      '{"Results":[{"Vulnerabilities":[{"PkgName":"a"}]}]}',
      /^Results\[0\]\.Vulnerabilities\[0\]: it has no VulnerabilityID/,
    ],
    ['{"Results":[3]}', /^Results\[0\]: this must be an object, and is a number/],
    ['{"Results":[],"SchemaVersion":1}', /^SchemaVersion: version 2 is read, and this is 1/],
    [
      '{"EvaluationResults":[{"ComplianceType":"MAYBE"}]}',
      /^EvaluationResults\[0\]\.ComplianceType: it is one of/,
    ],
    ['{"EvaluationResults":[],"NextToken":"a"}', /^NextToken: there are more results/],
    [
      '{"ComplianceByConfigRules":[{"ConfigRuleName":"a"}]}',
      /^ComplianceByConfigRules\[0\]: it has no Compliance/,
    ],
    ['{"bomFormat":"CycloneDX","specVersion":"2"}', /^specVersion/],
    [
      '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"version":"1"}]}',
      /^components\[0\]: it has no name/,
    ],
    [
      '{"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[{"id":"a","ratings":[{"score":"high"}]}]}',
      /^vulnerabilities\[0\]\.ratings\[0\]\.score: this must be a number/,
    ],
  ];
  for (const [text, wanted] of refused)
    assert.throws(
      () => readEvidence(text),
      (error: unknown) => isPlatformError(error, 'Invalid') && wanted.test(error.message),
      text,
    );
});

test('[EVI1] of too much the severest is kept, and what is left out is said', () => {
  const words = ['LOW', 'CRITICAL', 'MEDIUM', 'HIGH'];
  const many = (count: number, title: string) =>
    JSON.stringify({
      Results: [
        {
          Target: 'a',
          Vulnerabilities: Array.from({ length: count }, (_, index) => ({
            VulnerabilityID: `CVE-${index}`,
            Severity: words[index % 4],
            Title: title,
          })),
        },
      ],
    });
  const report = readEvidence(many(8000, 'short'));
  assert.equal(report.findings.length, 5000);
  assert.ok(report.findings.slice(0, 2000).every(({ severity }) => severity === 'critical'));
  assert.deepEqual(report.notes, [
    'Left out, since they do not fit: 3000 of 8000 findings, of which the severest is medium.',
  ]);
  mustFit(report);
  const long = readEvidence(many(4000, 'ü'.repeat(3000)));
  assert.ok(Buffer.byteLength(JSON.stringify(long)) < 1_000_000);
  assert.match(long.notes[0] ?? '', /do not fit: \d+ of 4000 findings/);
  mustFit(long);
  const parts = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    components: Array.from({ length: 30_000 }, (_, index) => ({ name: `c${index}` })),
  };
  const listed = readEvidence(JSON.stringify(parts));
  assert.deepEqual(
    [listed.components.length + Number(/(\d+) of/.exec(listed.notes[0] ?? '')?.[1]), listed.notes.length],
    [30_000, 1],
  );
  mustFit(listed);
});

test('each thing is told once, and texts are what can be stored and shown', () => {
  const one = { VulnerabilityID: 'CVE-1', Title: 'a\u0000\u001b[31mb\ud800' };
  const { findings } = readEvidence(JSON.stringify({ Results: [{ Vulnerabilities: [one, one] }] }));
  assert.deepEqual(
    findings.map(({ title }) => title),
    ['a [31mb\ufffd'],
  );
});

test('components within components without end are read', () => {
  const depth = 20_000;
  const nested = `${'{"name":"a","components":['.repeat(depth)}${']}'.repeat(depth)}`;
  assert.equal(
    readEvidence(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[${nested}]}`).components.length,
    1,
  );
});

/** A value somewhere in a report becomes another one. */
const changed = (root: unknown, path: readonly number[], by: unknown): unknown => {
  const [first, ...rest] = path;
  if (first === undefined || root === null || typeof root !== 'object') return by;
  const keys = Object.keys(root);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const inner = changed((root as Record<string, unknown>)[key], rest, by);
  return Array.isArray(root)
    ? root.map((one, index) => (String(index) === key ? inner : one))
    : { ...root, [key]: inner };
};

test('[EVI1] whatever is handed in is read or refused in words', () => {
  const mustAnswer = (text: string): void => {
    try {
      mustFit(readEvidence(text));
    } catch (error) {
      if (!isPlatformError(error, 'Invalid')) throw error;
    }
  };
  fc.assert(fc.property(fc.string(), mustAnswer));
  fc.assert(fc.property(fc.json(), mustAnswer));
  const reports = names.map(name => JSON.parse(read(name)) as unknown);
  fc.assert(
    fc.property(
      fc.constantFrom(...reports),
      fc.array(fc.nat({ max: 20 }), { maxLength: 8 }),
      fc.jsonValue(),
      (report, path, by) => mustAnswer(JSON.stringify(changed(report, path, by))),
    ),
    { numRuns: 2000 },
  );
});
