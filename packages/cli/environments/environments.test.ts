import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment, EnvironmentRequest, EnvironmentServiceStatus } from '@causeway/model';
import type { Questions } from '../output/ask.ts';
import { createOutput } from '../output/output.ts';
import { askWish } from './ask-wish.ts';
import { environmentRow, pairsOf } from './environment-rows.ts';
import { failureOf, hasEnded } from './follow-environment.ts';
import { createProgressDisplay } from './progress-display.ts';
import { type Wish, wishOf, wishText } from './wish.ts';
import { endInWords, lengthInWords, timeInWords, tookInWords } from './words.ts';

test('times are told as people say them', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const ends = (ms: number): string => endInWords(new Date(now + ms).toISOString(), now);
  const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
  assert.deepEqual(
    [14 * day, 14 * day - 3000, 13.4 * day, 47 * hour, 90 * minute, 119_000, 5000, 0, -day].map(ends),
    ['in 14 d', 'in 14 d', 'in 13 d', 'in 47 h', 'in 90 min', 'in 119 s', 'in 5 s', 'now', 'now'],
  );
  assert.equal(endInWords(undefined, now), 'never');
  assert.deepEqual([12_900, 3_700_000].map(lengthInWords), ['12 s', '1 h']);
  assert.deepEqual([336, 12_400, 200_000].map(tookInWords), ['0.3 s', '12 s', '3 min 20 s']);
  assert.equal(timeInWords('2026-12-05T20:03:44.061Z'), '2026-12-05 20:03 UTC');
  assert.equal(timeInWords('soon'), 'soon');
});

test('options become the file that says the same', async () => {
  const wish = wishOf(
    'staging',
    {
      service: ['payments-api=2', 'payments-worker'],
      branch: ['payments-worker=feature/x=y'],
      lifetime: '14d',
      purpose: 'integration-test',
      region: 'eu-central-1',
      classification: 'internal',
      size: 'small',
    },
    'payments-team',
  );
  assert.equal(
    await wishText(wish),
    `apiVersion: causeway.dev/v1
kind: EnvironmentRequest
metadata:
  name: staging
spec:
  owner: payments-team
  purpose: integration-test
  lifetime: 14d
  region: eu-central-1
  dataClassification: internal
  size: small
  services:
    - name: payments-api
      replicas: 2
    - name: payments-worker
      branch: feature/x=y
`,
  );
});

test('options win over the file, which keeps what it says beside', () => {
  const file: Wish = {
    apiVersion: 'platform.kubedojo.io/v1',
    kind: 'EnvironmentRequest',
    metadata: { name: 'staging' },
    spec: { owner: 'payments-team', lifetime: '14d', services: [{ name: 'payments-api' }] },
  };
  assert.deepEqual(
    wishOf(undefined, { change: ['payments-api=3'], variable: ['LEVEL=debug'] }, undefined, file).spec,
    {
      ...file.spec,
      services: [{ name: 'payments-api', changeRequest: 3 }],
      variables: [{ name: 'LEVEL', value: 'debug' }],
    },
  );
  assert.deepEqual(wishOf('other', { lifetime: '1d' }, undefined, file), {
    ...file,
    metadata: { name: 'other' },
    spec: { ...file.spec, lifetime: '1d' },
  });
});

test('what an option cannot mean is said with the right form', () => {
  const attempt =
    (options: object, name: string | undefined = 'a') =>
    () =>
      wishOf(name, options, 'shop');
  for (const [options, message] of [
    [{ service: ['a=x'] }, /'a=x' does not say how many copies/],
    [{ service: ['A'] }, /'A' is no name of a service/],
    [{ service: ['a=1=2'] }, /how many copies/],
    [{ service: ['a'], branch: ['b=main'] }, /--branch names b, which is not among the services/],
    [{ service: ['a'], branch: ['main'] }, /which service runs which branch/],
    [{ service: ['a'], change: ['a=x'] }, /'x' is no number of a change request/],
    [{ service: ['a'], variable: ['LEVEL'] }, /is not VAR=value/],
    [{ lifetime: 'soon' }, /'soon' is no lifetime/],
    [{ lifetime: '0d' }, /'0d' is no lifetime/],
    [{ size: 'smal' }, /'smal' is no size/],
  ] as const)
    assert.throws(attempt(options), message);
  assert.throws(attempt({}, 'Staging'), /'Staging' cannot be the name of an environment/);
  assert.throws(() => wishOf(undefined, {}, 'shop'), /needs a name/);
});

/** Answers in order; an empty one is the suggestion. */
const answering = (...answers: string[]): Questions & { readonly said: string[] } => {
  const said: string[] = [];
  return {
    said,
    async ask(question, otherwise = '') {
      const answer = answers.shift();
      assert.notEqual(answer, undefined, `nobody answers: ${question}`);
      said.push(`${question} [${otherwise}]`);
      return answer || otherwise;
    },
    say: text => void said.push(text),
    close: () => assert.deepEqual(answers, [], 'every answer was asked for'),
  };
};

test('whoever knows no YAML is asked, and asked again for what cannot be', async () => {
  const questions = answering(
    'Staging',
    'staging',
    '',
    'payments-ap',
    'payments-api=3 worker',
    'two',
    '2',
    'soon',
    '',
    'secret',
    '',
    '',
  );
  const { name, options } = await askWish(questions, {
    team: 'payments-team',
    services: ['payments-api', 'worker'],
    options: {},
  });
  questions.close();
  assert.equal(name, 'staging');
  assert.deepEqual(options, {
    service: ['payments-api=3', 'worker=2'],
    lifetime: '7d',
    purpose: 'integration-test',
    classification: 'internal',
  });
  const told = questions.said.join('\n');
  for (const expected of [
    /Services of payments-team: payments-api, worker/,
    /There is no service payments-ap\. Did you mean payments-api\?/,
    /You are told a day and an hour before/,
    /Take one of public, internal, confidential, restricted/,
  ])
    assert.match(told, expected);
  const little = answering('', '');
  await askWish(little, {
    team: 'shop',
    services: ['a'],
    name: 'x',
    options: { service: ['a'], lifetime: '1d', purpose: 'p' },
  });
  little.close();
});

const progress = (step: EnvironmentServiceStatus['step'], name = 'api'): EnvironmentServiceStatus => ({
  name,
  step,
  since: '2026-01-01T00:00:00Z',
  message: `${name} is ${step}.`,
  ...(step === 'Failed'
    ? {
        failure: { code: 'BuildFailed', message: 'it does not compile', evidence: ['line 3'], next: 'Push.' },
      }
    : {}),
});

const request = (status: object, generation = 1, ready = 'False'): EnvironmentRequest =>
  ({
    metadata: { name: 'staging', namespace: 'shop', generation },
    spec: { services: [{ name: 'api' }, { name: 'worker' }] },
    status: {
      conditions: [{ type: 'Ready', status: ready, reason: 'R', message: 'said', observedGeneration: 1 }],
      ...status,
    },
  }) as unknown as EnvironmentRequest;

test('following ends when it is ready, or when waiting changes nothing any more', () => {
  const both = (a: EnvironmentServiceStatus['step'], b: EnvironmentServiceStatus['step']) => ({
    progress: [progress(a), progress(b, 'worker')],
  });
  for (const [subject, ended, failure] of [
    [request({ phase: 'Ready', ...both('Serving', 'Serving') }, 1, 'True'), true, undefined],
    [request({ phase: 'Ready', ...both('Serving', 'Serving') }, 2, 'True'), false, undefined],
    [request({ phase: 'Provisioning', ...both('Serving', 'Starting') }), false, undefined],
    [request({ phase: 'Degraded', ...both('Failed', 'Starting') }), false, undefined],
    [request({ phase: 'Asleep', ...both('Asleep', 'Asleep') }), true, undefined],
    [
      request({ phase: 'Degraded', ...both('Failed', 'Serving') }),
      true,
      /not ready\. api: it does not compile/,
    ],
    [request({ phase: 'Refused' }), true, /cannot be made\. said/],
    [request({ phase: 'Gone' }), true, /is gone/],
  ] as const) {
    assert.equal(hasEnded(subject), ended, JSON.stringify(subject.status));
    if (!ended) continue;
    const error = failureOf(subject);
    if (failure) assert.match(error?.message ?? '', failure);
    else assert.equal(error, undefined);
  }
  const error = failureOf(request({ phase: 'Degraded', ...both('Failed', 'Serving') }));
  assert.deepEqual([error?.code, error?.evidence], ['BuildFailed', ['api: line 3']]);
  assert.equal(
    error?.next,
    'Push. A new release starts by itself; the same one again: platform env retry staging',
  );
});

test('each step of each service is a line, once; on a terminal lines change in place', () => {
  const show = (isTTY: boolean) => {
    let text = '';
    const write = (piece: string): void => {
      text += piece;
    };
    const stream = { isTTY, columns: 60, write };
    const output = createOutput({
      stdout: stream,
      stderr: stream,
      format: 'text',
      quiet: false,
      env: { NO_COLOR: '1' },
    });
    const display = createProgressDisplay(output, {}, () => Date.parse('2026-01-01T00:00:12Z'));
    display.show([progress('Building'), progress('Starting', 'worker')]);
    display.show([progress('Building'), progress('Serving', 'worker')]);
    display.end();
    return text;
  };
  assert.equal(
    show(false),
    '… api     Building   api is Building.\n… worker  Starting   worker is Starting.\n✔ worker  Serving    worker is Serving.\n',
  );
  const moving = show(true);
  assert.match(moving, /api {5}Building {3}api is Building\. \(12 s\)\n/);
  assert.ok(moving.includes('\u001b[2A\r\u001b[K'));
});

test('a list shows a request and its environment as one, and others beside', () => {
  const environment = (name: string, type: string, status: object) =>
    ({ metadata: { name, namespace: 'shop' }, spec: { type }, status }) as unknown as Environment;
  const now = Date.parse('2026-01-01T00:00:00Z');
  const asked = request({
    phase: 'Ready',
    progress: [progress('Serving'), progress('Serving', 'worker')],
    urls: { api: 'http://api', worker: 'http://worker' },
    expiresAt: '2026-01-15T00:00:00Z',
  });
  const gone = { ...request({ phase: 'Gone' }), metadata: { ...asked.metadata, name: 'old' } };
  const rows = pairsOf(
    [asked, gone],
    [
      environment('staging', 'requested', {}),
      environment('production', 'standing', { phase: 'Standing', services: 2 }),
    ],
  ).map(pair => environmentRow(pair, now));
  assert.deepEqual(rows, [
    ['old', 'Gone', '', '', '', 'shop'],
    ['production', 'Standing', '2', '', 'never', 'shop'],
    ['staging', 'Ready', '2/2', 'http://api (+1)', 'in 14 d', 'shop'],
  ]);
});
