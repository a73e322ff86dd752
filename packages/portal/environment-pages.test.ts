import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment, EnvironmentRequest, Rollout } from '@causeway/model';
import { Failure } from './static/api.js';
import { pairsOf } from './static/environment.js';
import { actionsOf } from './static/environment-actions.js';
import { environmentForm } from './static/environment-form.js';
import { environmentView } from './static/environment-page.js';
import { environmentsView, selectEnvironments } from './static/environments-page.js';
import { conditionTone } from './static/phase.js';
import { elementsOf, textOf } from './testing/described.ts';
import { samplePlatform } from './testing/sample-platform.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const samples = samplePlatform(now);
const requests = samples.filter((one): one is EnvironmentRequest => one.kind === 'EnvironmentRequest');
const environments = samples.filter((one): one is Environment => one.kind === 'Environment');
const rollouts = samples.filter(
  (one): one is Rollout => one.kind === 'Rollout' && one.metadata.namespace === 'payments',
);
const all = pairsOf(requests, environments);
const found = (name: string) => {
  const one = all.find(pair => pair.name === name);
  assert.ok(one, name);
  return one;
};

const view = (name: string, change: object = {}) => {
  const { team, request, environment } = found(name);
  return environmentView(
    {
      team,
      name,
      requests: request ? [request] : [],
      environments: environment ? [environment] : [],
      rollouts,
      may: true,
      busy: undefined,
      refused: undefined,
      onAct: () => {},
      ...change,
    },
    now,
  );
};
const buttonsOf = (content: ReturnType<typeof view>): string[] =>
  elementsOf(content)
    .filter(({ tag, attributes }) => tag === 'button' && attributes.class !== undefined)
    .map(textOf);

test('the list tells of each environment, what is gone last', () => {
  const rows = elementsOf(environmentsView({ requests, environments, team: '', text: '' }, now)).filter(
    ({ tag, attributes }) => tag === 'tr' && attributes.key,
  );
  assert.deepEqual(rows.map(textOf), [
    'payments-staging integration-test requested Ready payments-api ledger in 13 d payments',
    'production standing Standing payments-api never payments',
    'try-it requested Degraded checkout Failed new-idea in 90 min shop',
    'demo demo requested Gone – – payments',
  ]);
  const links = elementsOf(rows[0]).filter(({ tag }) => tag === 'a');
  assert.deepEqual(
    links.map(({ attributes }) => attributes.href),
    [
      '#/environments/payments/payments-staging',
      'http://payments-api.payments-staging.payments.localhost:7080',
      'http://ledger.payments-staging.payments.localhost:7080',
    ],
  );
  const names = (team: string, text: string): string[] =>
    selectEnvironments(all, { team, text }).map(({ name }) => name);
  assert.deepEqual(names('payments', ''), ['payments-staging', 'production', 'demo']);
  assert.deepEqual(names('', 'CHECKOUT degraded'), ['try-it']);
});

test('where nobody has asked for one, it says how', () => {
  const standing = environments.filter(({ spec }) => spec.type === 'standing');
  const empty = textOf(environmentsView({ requests: [], environments: standing, team: '', text: '' }, now));
  assert.match(
    empty,
    /production.*No environment has been asked for yet.*platform env request --interactive/,
  );
  assert.match(
    textOf(environmentsView({ requests, environments, team: '', text: 'nothing-like-it' }, now)),
    /No environment is like this\. Show all/,
  );
});

test('one tells each step, since when, what it waits for, and of what failed the last lines and what is next', () => {
  const failed = textOf(view('try-it'));
  assert.match(
    failed,
    /checkout Failed 40 s ago .*DATABASE_URL is not set\n +at start.*Next: .*spec\.variables/s,
  );
  assert.match(failed, /new-idea Building 42 s ago Waits for the build new-idea\.1: install\./);
  const ready = textOf(view('payments-staging'));
  assert.match(ready, /Expires in 13 d 2026-03-14 12:00 UTC/);
  assert.match(ready, /Ready 1\.0 s after it was asked for/);
  assert.match(textOf(view('production')), /payments-api Serving .*payments-api\.7 serves\..*never/);
  assert.match(textOf(view('production', { rollouts: undefined })), /production Standing Loading$/);
  assert.match(textOf(view('demo')), /its time was over/);
  assert.match(
    textOf(view('demo', { requests: [], environments: [] })),
    /There is no environment 'demo' in payments .*Request an environment/,
  );
});

test('[ENV22] what can be done depends on how it is, and on who looks', () => {
  assert.deepEqual(buttonsOf(view('payments-staging')), ['Extend 7 days', 'Sleep', 'Delete']);
  assert.deepEqual(buttonsOf(view('try-it')), ['Retry', 'Extend 7 days', 'Sleep', 'Delete']);
  assert.deepEqual(buttonsOf(view('demo')), ['Recreate', 'Forget']);
  assert.deepEqual(buttonsOf(view('production')), []);
  assert.deepEqual(buttonsOf(view('try-it', { may: false })), []);
  assert.match(textOf(view('try-it', { may: false })), /You may look\..*owner of shop/);
  const own = '/apis/causeway.dev/v1/namespaces/payments';
  assert.deepEqual(
    actionsOf(found('payments-staging')).map(({ method, path, body }) => [method, path, body]),
    [
      ['POST', `${own}/environments/payments-staging/extend`, { by: '7d' }],
      ['POST', `${own}/environments/payments-staging/sleep`, {}],
      ['DELETE', `${own}/environmentrequests/payments-staging`, undefined],
    ],
  );
});

test('[SRC7] one that a file asks for: what there is of it is deleted, and the file is named', () => {
  const pair = found('payments-staging');
  assert.ok(pair.request);
  const annotations = {
    'causeway.dev/source-path': 'platform/staging.yaml',
    'causeway.dev/source': 'payments-api',
  };
  const request = { ...pair.request, metadata: { ...pair.request.metadata, annotations } };
  const deletion = actionsOf({ ...pair, request }).at(-1);
  assert.match(deletion?.path ?? '', /\/environments\/payments-staging$/);
  assert.match(deletion?.ask?.text ?? '', /platform\/staging\.yaml of payments-api: remove that as well/);
  assert.match(textOf(view('payments-staging', { requests: [request] })), /File platform\/staging\.yaml/);
});

test('a service that runs something else than production says what', () => {
  const { environment } = found('try-it');
  assert.ok(environment);
  const services = [
    { name: 'checkout', branch: 'feature/fees' },
    { name: 'new-idea', changeRequest: 12 },
  ];
  const other = { ...environment, spec: { ...environment.spec, services } };
  const text = textOf(view('try-it', { requests: [], environments: [other] }));
  assert.match(text, /checkout Failed .* branch feature\/fees .* new-idea Building .* change request 12 /s);
});

test('a refusal is shown with what is next', () => {
  const failure = new Failure({ code: 'PolicyDenied', message: 'It is too long.', next: 'Ask for less.' });
  assert.match(
    textOf(view('try-it', { refused: { title: 'Extend 7 days: not done', failure } })),
    /Extend 7 days: not done It is too long\. PolicyDenied Next: Ask for less\./,
  );
});

const form = (change: object = {}) =>
  environmentForm({
    team: 'payments',
    teams: ['payments', 'shop'],
    services: ['ledger', 'payments-api'],
    regions: ['eu-central-1'],
    filled: {
      name: 'x',
      purpose: '',
      lifetime: '7d',
      region: '',
      classification: 'internal',
      services: { ledger: '' },
    },
    verdict: 'none',
    sending: false,
    onTeam: () => {},
    onFill: () => {},
    onCheck: () => {},
    onSend: () => {},
    ...change,
  });

test('[ENV22] the form shows the file, and each refusal at its field', () => {
  assert.match(textOf(form()), /apiVersion: causeway\.dev\/v1\nkind: EnvironmentRequest/);
  const refused = new Failure({
    code: 'Invalid',
    message: 'all of it',
    fields: [{ field: 'spec.region', message: "Not offered. Did you mean 'eu-central-1'?" }],
  });
  const elements = elementsOf(form({ refused }));
  const region = elements.find(({ attributes }) => attributes.id === 'region');
  assert.equal(region?.attributes['aria-invalid'], 'true');
  assert.match(region?.attributes['aria-describedby'], /region-wrong/);
  const wrong = elements.find(({ attributes }) => attributes.id === 'region-wrong');
  assert.equal(textOf(wrong), "Not offered. Did you mean 'eu-central-1'?");
  assert.doesNotMatch(textOf(form({ refused })), /all of it/);
  const policy = new Failure({
    code: 'PolicyDenied',
    message: 'No.',
    next: 'Else.',
    fields: [{ field: 'a-policy', message: 'No.' }],
  });
  assert.match(textOf(form({ refused: policy })), /It would be refused No\. PolicyDenied Next: Else\./);
  for (const { tag, attributes } of elementsOf(form()))
    if (['input', 'select', 'textarea'].includes(tag))
      assert.ok(
        attributes['aria-label'] ||
          attributes.type === 'checkbox' ||
          elementsOf(form()).some(one => one.attributes.for === attributes.id),
        JSON.stringify(attributes),
      );
});

test('what is as it should be is not felt as wrong', () => {
  assert.equal(conditionTone({ type: 'Expiring', status: 'False', reason: 'NotYet' }), 'idle');
  assert.equal(conditionTone({ type: 'Expiring', status: 'True', reason: 'Soon' }), 'busy');
  assert.equal(conditionTone({ type: 'Ready', status: 'False', reason: 'Asleep' }), 'idle');
  assert.equal(conditionTone({ type: 'Checked', status: 'False', reason: 'Refused' }), 'bad');
});

test('what people wrote is text, and links only lead to the web', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const pair = found('payments-staging');
  assert.ok(pair.request && pair.environment);
  const bad = {
    ...pair.request,
    spec: { ...pair.request.spec, purpose: evil, description: evil },
    status: {
      ...pair.request.status,
      urls: { 'payments-api': 'javascript:alert(1)' },
      progress: pair.request.status?.progress?.map(one => ({
        ...one,
        message: evil,
        url: 'javascript:alert(1)',
      })),
    },
  } as EnvironmentRequest;
  const content = [
    view('payments-staging', { requests: [bad] }),
    environmentsView({ requests: [bad], environments: [], team: evil, text: '' }, now),
    form({ teams: [evil, 'b'], services: [evil] }),
  ];
  for (const { tag, attributes } of elementsOf(content)) {
    assert.ok(!String(attributes.href ?? '').startsWith('javascript:'));
    assert.notEqual(tag, 'img');
  }
  assert.ok(textOf(content).includes(evil));
});
