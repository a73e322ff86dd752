import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EnvironmentRequestKind, PlatformError, ServiceKind } from '@causeway/model';
import { alice, createWorld, type World } from '../../testing/world.ts';

/** A request that is right, with every field there is but those this installation does not offer. */
const whole = {
  owner: 'shop',
  description: 'For the tests of the checkout.',
  purpose: 'integration-test',
  lifetime: '14d',
  region: 'eu-central-1',
  dataClassification: 'internal',
  size: 'small',
  schedule: { sleepAt: '20:00', wakeAt: '07:00', days: ['Mon'], timeZone: 'Europe/Berlin' },
  services: [{ name: 'api', replicas: 1, revision: 'v1', variables: [{ name: 'A', value: 'b' }] }],
  variables: [{ name: 'C', value: 'd' }],
  cleanup: [{ name: 'bucket', url: 'https://example.com/clean' }],
};

const huge = 'x'.repeat(100_000);
const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown;
const wrong: readonly unknown[] = [
  null,
  '',
  ' ',
  huge,
  0,
  -1,
  1.5,
  1e308,
  true,
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: 1 },
  deep,
  Array.from({ length: 2000 }, () => 'a'),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '-rf',
  '$(id)',
  '\u0000',
  '\ud800',
];

/** Texts of the kind that people collect because programs trip over them. */
const naughty = [
  'undefined',
  'NULL',
  '1;DROP TABLE users',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  '%s%n',
  '‮evil',
  'Ω≈ç√∫˜µ≤≥÷',
  '田中さんにあげて下さい',
  '👩‍👩‍👧‍👦',
  'ﷺ',
  'é',
  'a\tb',
  'line\nbreak',
  '\u200b',
  '﻿bom',
  '\\x00',
  'NaN',
  'Infinity',
  'true',
  '007',
  '1e3',
];

const paths = (value: unknown, at: readonly (string | number)[] = []): (string | number)[][] => [
  ...(at.length > 0 ? [[...at]] : []),
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        paths(inner, [...at, Array.isArray(value) ? Number(key) : key]),
      )
    : []),
];

const replaced = (at: readonly (string | number)[], value: unknown): Record<string, unknown> => {
  const copy = structuredClone(whole) as Record<string | number, unknown>;
  let place = copy;
  for (const key of at.slice(0, -1)) place = place[key] as typeof place;
  const last = at.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy as Record<string, unknown>;
};

describe('[ENV13] any input as a request', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name: 'api', namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
  });
  after(() => world.close());

  const ask = (spec: Record<string, unknown>, dryRun = true) =>
    world.capabilities.guarded.create(
      EnvironmentRequestKind,
      { metadata: { name: 'any', namespace: 'shop' }, spec },
      alice,
      { dryRun },
    );

  test('every field missing, wrong, empty and huge, in turn, is taken or refused naming a field', async () => {
    await ask(whole);
    let taken = 0;
    let refused = 0;
    for (const path of paths(whole))
      for (const value of [undefined, ...wrong]) {
        try {
          await ask(replaced(path, value));
          taken += 1;
        } catch (error) {
          assert.ok(
            error instanceof PlatformError,
            `${path.join('.')} = ${JSON.stringify(value)?.slice(0, 50)}: ${error}`,
          );
          assert.equal(error.code, 'Invalid', `${path.join('.')}: ${error.message}`);
          assert.ok(error.causes.length > 0 && error.causes.every(({ field }) => field), error.message);
          assert.ok(error.message.length < 20_000, `${path.join('.')}: ${error.message.length} characters`);
          refused += 1;
        }
      }
    assert.ok(taken > 50 && refused > 300, `${taken} taken, ${refused} refused`);
  });

  test('texts come back as they were written', async () => {
    for (const text of naughty) {
      const { spec } = await ask({
        ...whole,
        description: text,
        purpose: text,
        variables: [{ name: 'TEXT', value: text }],
      });
      assert.deepEqual([spec.description, spec.purpose, spec.variables?.[0]?.value], [text, text, text]);
    }
  });

  test('two requests with one name are one request and one refusal', async () => {
    const outcomes = await Promise.allSettled([ask(whole, false), ask(whole, false)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refused = outcomes.find(outcome => outcome.status === 'rejected');
    assert.equal((refused as PromiseRejectedResult).reason.code, 'AlreadyExists');
  });
});
