import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { PolicySubject } from '@causeway/contracts';
import { createPolicyEngine } from '@causeway/drivers';
import {
  apiVersionOf,
  EnvironmentKind,
  type KindDefinition,
  platformTeam,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import {
  type FilePolicy,
  judge,
  loadPolicies,
  readPolicies,
  runCases,
  subjectOfCase,
  testSourceOf,
} from '@causeway/policy';
import { z } from 'zod';

const { policies: files } = await readPolicies(join(import.meta.dirname, '../../policies'));

/** These protect others from the first day on. */
const denying = ['agent-needs-approval', 'data-classification', 'freeze-windows', 'no-privileged'];

/** Short sentences, each with an end. */
const assertPlain = (text: string): void => {
  assert.match(text, /^[A-Z].*[.]$/s);
  assert.ok(text.length <= 400, `${text.length} characters are too many`);
  for (const sentence of text.split(/(?<=[.:;])\s+/))
    assert.ok(sentence.split(/\s+/).length <= 32, `a long sentence: ${sentence}`);
};

/** The golden cases as test rules, so that the engine says which lines they run. */
const casesAsRules = ({ spec, source }: FilePolicy): string => {
  const name = /^package (\S+)/m.exec(source.modules[0]?.source ?? '')?.[1];
  const rules = spec.tests.map((one, index) => {
    const { object, old, request } = subjectOfCase(one);
    const values = {
      input: object,
      'data.parameters': one.parameters ?? spec.parameters,
      'data.request': { ...request, old },
    };
    const given = Object.entries(values).map(([place, value]) => `with ${place} as ${JSON.stringify(value)}`);
    const count = one.expect === 'allow' ? 0 : one.expect.length;
    return `test_${index} if {\n\tfound := data.${name}.deny ${given.join(' ')}\n\tcount(found) == ${count}\n}`;
  });
  return [`package ${name}_cases_test`, ...rules].join('\n\n');
};

describe('policies that are shipped', async () => {
  const engine = createPolicyEngine();
  after(() => engine.close());
  const policies = await loadPolicies(engine, files);

  test('[POL9] they belong to the team that every platform has, and only what protects others denies', () => {
    assert.ok(files.length >= 20);
    assert.deepEqual([...new Set(files.map(({ spec }) => spec.owner))], [platformTeam]);
    const byAction = (action: string) =>
      files.filter(({ spec }) => spec.action === action).map(({ name }) => name);
    assert.deepEqual(byAction('deny'), denying);
    assert.equal(byAction('audit').length, files.length - denying.length);
  });

  for (const [index, file] of files.entries()) {
    const { name, spec } = file;
    describe(name, () => {
      test('[POL9] says what it asks for, why, and what to do instead', () => {
        assert.match(spec.title ?? '', /^[A-Z][^.]{5,60}$/);
        assertPlain(spec.why);
        assertPlain(spec.instead);
        assert.equal(/protects others/.test(spec.why), spec.action === 'deny');
      });

      test('[POL9] its parameters fit their schema, which knows no others', () => {
        const schema = (spec.parametersSchema ?? { type: 'object', additionalProperties: false }) as {
          properties?: Record<string, { description?: string }>;
        };
        z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).parse(spec.parameters);
        assert.deepEqual(Object.keys(spec.parameters), Object.keys(schema.properties ?? {}));
        for (const { description } of Object.values(schema.properties ?? {})) assert.ok(description);
      });

      test('[POL9] its cases hold, some of them allowed and some refused', async () => {
        const policy = policies[index];
        assert.ok(policy);
        const results = await runCases(engine, policy);
        assert.deepEqual(
          results.filter(({ passed }) => !passed),
          [],
        );
        const allowed = results.filter(({ expected }) => expected === 'allow').length;
        assert.ok(allowed >= 1 && results.length - allowed >= 1 && results.length >= 4);
        for (const message of results.flatMap(({ got }) => got))
          assert.match(message, /^(?!.*%!)[^\n]{5,250}$/, 'a message is a line of text, well put together');
      });

      test('[POL9] its cases run at least nine lines of ten', async () => {
        const source = testSourceOf(file);
        const cases = { name: 'cases_test.rego', source: casesAsRules(file) };
        const { tests, coverage } = await engine.test({ ...source, modules: [...source.modules, cases] });
        assert.deepEqual(
          tests.filter(({ passed }) => !passed),
          [],
        );
        const own = coverage.filter(({ module }) => !module.endsWith('_test.rego'));
        assert.equal(own.length, file.source.modules.length);
        for (const { module, covered, notCovered } of own)
          assert.ok(
            covered.length / (covered.length + notCovered.length) >= 0.9,
            `${module}: lines ${notCovered.join(', ')} are not run`,
          );
      });
    });
  }

  test('no message of no-secrets-in-variables holds a secret', async () => {
    const policy = policies.find(({ name }) => name === 'no-secrets-in-variables');
    assert.ok(policy);
    const messages = (await runCases(engine, policy)).flatMap(({ got }) => got);
    assert.ok(messages.length > 10);
    const text = JSON.stringify(policy.spec.tests);
    const values = Array.from(text.matchAll(/"(?:value|password)":"([^"]{6,})"/g), match => match[1] ?? '');
    assert.ok(values.includes('hunter2'));
    for (const value of values) assert.ok(!messages.some(message => message.includes(value)), value);
  });

  describe('a fresh platform', () => {
    const team = 'default';
    const request: PolicySubject['request'] = {
      operation: 'CREATE',
      place: 'admission',
      user: 'ada',
      actor: 'person',
      team,
      time: '2026-01-01T00:00:00Z',
      context: { teams: [team, platformTeam], environments: ['production'] },
    };
    const said = (object: Record<string, unknown>, more: Partial<PolicySubject['request']> = {}) =>
      judge({ engine, policies, exceptions: [] }, { object, request: { ...request, ...more } });
    const made = (kind: KindDefinition, name: string, spec: object) => ({
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: { name, ...(kind.scope === 'Namespaced' ? { namespace: team } : {}) },
      spec: kind.spec.parse(spec),
    });
    const service = made(ServiceKind, 'orders', { template: 'http-service' });
    const evidence = {
      apiVersion: apiVersionOf(ServiceKind),
      kind: 'ReleaseEvidence',
      metadata: service.metadata,
      spec: {
        service: service.spec,
        commit: '3f1ab77c90de4a8f14e45fceea167a5a36dedd4b',
        branch: 'main',
        sequence: 1,
        environment: 'production',
        requestedBy: 'ada',
        tests: 'passed',
        replicas: 1,
        team: { type: 'stream-aligned', owners: 1 },
        reviewed: false,
        approvals: [],
        findings: [],
        components: [],
        attributes: {},
      },
    };

    test('[POL9] makes teams, environments and services', async () => {
      for (const object of [made(TeamKind, team, {}), made(EnvironmentKind, 'production', {}), service]) {
        const { allowed, decisions } = await said(object);
        assert.ok(allowed);
        assert.deepEqual(
          decisions.filter(({ result }) => result !== 'pass'),
          [],
          'and there is nothing to report',
        );
      }
    });

    test('[POL9] releases its first service, and hears in the report what production will need', async () => {
      const { allowed, decisions } = await said(evidence, { place: 'release', environment: 'production' });
      assert.ok(allowed);
      const failing = decisions.filter(({ result }) => result === 'fail').map(({ policy }) => policy);
      assert.deepEqual(failing, [
        'production-health-check',
        'production-on-call',
        'production-replicas',
        'production-runbook',
        'reviewed-commit',
      ]);
      assert.ok(decisions.every(({ result }) => result !== 'error'));
    });

    test('[POL9] does not let an agent release alone', async () => {
      const { allowed } = await said(evidence, {
        place: 'release',
        environment: 'production',
        actor: 'agent',
      });
      assert.ok(!allowed);
    });
  });
});
