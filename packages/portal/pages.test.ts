import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Build, Release, Replica, Rollout, Service, Team } from '@causeway/model';
import { buildsView, stepsOf } from './static/builds-view.js';
import { figuresOf } from './static/insights-view.js';
import { parseLine, withoutColours } from './static/log-tail.js';
import { conditionTone } from './static/phase.js';
import { releasesView } from './static/releases-view.js';
import { presentReplicas } from './static/replicas-view.js';
import { serviceView, underWay } from './static/service-page.js';
import { selectServices, servicesView, summary } from './static/services-page.js';
import { signInView } from './static/sign-in-page.js';
import { readable } from './static/source-page.js';
import { teamsView } from './static/teams-page.js';
import { elementsOf, textOf } from './testing/described.ts';
import { replica, type Sample, service } from './testing/sample-objects.ts';
import { samplePlatform } from './testing/sample-platform.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const samples = samplePlatform(now);
const ofKind = <T extends Sample>(kind: T['kind']): T[] =>
  samples.filter((one): one is T => one.kind === kind);
const services = ofKind<Service>('Service');
const of = <T extends { spec: object }>(all: readonly T[], name: string): T[] =>
  all.filter(({ spec }) => 'service' in spec && spec.service === name);

const state = (name: string) => {
  const found = services.find(({ metadata }) => metadata.name === name);
  return {
    team: found?.metadata.namespace ?? '',
    name,
    service: found,
    gone: false,
    parts: {
      builds: of(ofKind<Build>('Build'), name),
      releases: of(ofKind<Release>('Release'), name),
      rollout: of(ofKind<Rollout>('Rollout'), name)[0],
      replicas: [],
    },
    insights: undefined,
    failure: undefined,
    onServe: () => {},
    ownLog: () => {},
  };
};

test('services are filtered by team and by every word', () => {
  const names = (filter: { team: string; text: string }): string[] =>
    selectServices(services, filter).map(({ metadata }) => metadata.name);
  assert.deepEqual(names({ team: '', text: '' }), ['checkout', 'ledger', 'new-idea', 'payments-api']);
  assert.deepEqual(names({ team: 'payments', text: '' }), ['ledger', 'payments-api']);
  assert.deepEqual(names({ team: '', text: ' RUNNING  ada ' }), ['payments-api']);
  assert.deepEqual(names({ team: '', text: 'linus' }), ['checkout']);
  assert.deepEqual(names({ team: 'nobody', text: '' }), []);
  assert.equal(summary(services), '4 services · 2 Running · 1 Building · 1 Pending');
  assert.equal(summary(services.slice(0, 1)), '1 service · 1 Running');
});

test('the list says of each service what its row promises', () => {
  const view = servicesView({ services, team: '', text: '' }, now);
  const rows = elementsOf(view).filter(({ tag, attributes }) => tag === 'tr' && attributes.key);
  assert.deepEqual(
    rows.map(row => textOf(row)),
    [
      'checkout shop Running Newest change failed checkout.2 checkout.localhost:7080 linus@example.com 15 min ago 3 d',
      'ledger payments Building – ledger.localhost:7080 grace 4 s ago 2 h',
      'new-idea shop Pending – new-idea.localhost:7080 – 50 s',
      'payments-api payments Running payments-api.7 payments-api.localhost:7080 ada 3 min ago 41 d',
    ],
  );
  const [first] = elementsOf(rows[3]).filter(({ tag }) => tag === 'a');
  assert.equal(first?.attributes.href, '#/services/payments/payments-api');
});

test('an empty place teaches the next command', () => {
  assert.match(
    textOf(servicesView({ services: [], team: '', text: '' }, now)),
    /platform create service --name payments-api --template http-service/,
  );
  assert.match(
    textOf(servicesView({ services, team: '', text: 'nothing-like-it' }, now)),
    /No service is like this\. Show all/,
  );
  assert.match(textOf(teamsView({ teams: [], user: 'ada' })), /platform create team/);
  assert.match(
    textOf(serviceView(state('new-idea'), now)),
    /git clone http:\/\/127\.0\.0\.1:7070\/git\/shop\/new-idea\.git/,
  );
  assert.match(textOf(signInView({})), /platform open.*platform login/);
});

test('a service that serves, whose change failed, that is gone', () => {
  const serving = textOf(serviceView(state('payments-api'), now));
  for (const words of [
    'Pushed 45384540 by ada 3 min ago',
    'Built in 0.53 s',
    'Serving takes the traffic 1.4 s after the push',
    'Service Ready: True Serving, 3 min ago payments-api.7 serves.',
  ])
    assert.ok(serving.includes(words), words);
  const failed = textOf(serviceView(state('checkout'), now));
  assert.match(
    failed,
    /^Services \/ shop checkout Running Newest change .*The newest change failed web\.0 did not listen on port 41873/,
  );
  assert.match(failed, /ECONNREFUSED.*Next: Listen on the port/s);
  assert.match(failed, /Start failed checkout\.2 keeps serving NotListening Serving not reached/);
  assert.match(textOf(serviceView({ ...state('checkout'), gone: true }, now)), /no such service/);
});

test('every section links to the data it was computed from', () => {
  const sources = elementsOf(serviceView(state('payments-api'), now))
    .filter(({ attributes }) => attributes.class === 'source')
    .map(({ attributes }) => attributes.href);
  const team = '#/source/apis/causeway.dev/v1/namespaces/payments';
  for (const address of [
    `${team}/services/payments-api`,
    '#/source/api/insights?team=payments&service=payments-api',
    `${team}/builds?fieldSelector=spec.service%3Dpayments-api`,
    `${team}/releases?fieldSelector=spec.service%3Dpayments-api`,
    `${team}/replicas?fieldSelector=spec.service%3Dpayments-api`,
    `${team}/rollouts?fieldSelector=spec.service%3Dpayments-api`,
  ])
    assert.ok(sources.includes(address), address);
});

test('what people and programs wrote is text, and links only lead to the web', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const bad = service(
    'shop',
    'x',
    new Date(now).toISOString(),
    { url: 'javascript:alert(1)', phase: 'Failed' },
    { description: evil },
  );
  const view = [
    servicesView({ services: [bad], team: evil, text: evil }, now),
    serviceView({ ...state('new-idea'), service: bad }, now),
    teamsView({
      teams: ofKind<Team>('Team').map(team => ({ ...team, spec: { ...team.spec, onCall: 'javascript:1' } })),
      user: evil,
    }),
  ];
  for (const { tag, attributes } of elementsOf(view)) {
    assert.ok(!String(attributes.href ?? '').startsWith('javascript:'));
    assert.notEqual(tag, 'img');
  }
  assert.ok(textOf(view).includes(evil));
});

test('steps of a build with their durations; what was skipped took none', () => {
  const [build] = state('payments-api').parts.builds;
  assert.ok(build);
  assert.deepEqual(
    stepsOf(build, now).map(({ name, state, seconds }) => `${name} ${state} ${seconds.toFixed(2)}`),
    [
      'checkout Succeeded 0.02',
      'detect Succeeded 0.01',
      'install Skipped 0.00',
      'build Succeeded 0.06',
      'test Succeeded 0.41',
      'package Succeeded 0.03',
    ],
  );
  assert.match(
    textOf(buildsView(state('payments-api').parts.builds, '/apis/x', now)),
    /payments-api\.6 Failed .*Why it failed 1 of 14 tests failed\./,
  );
});

test('an older release can be rolled back to, a newer one served, the serving one neither', () => {
  const asked: unknown[] = [];
  const { releases, rollout } = state('checkout').parts;
  const view = releasesView({ releases, rollout, onServe: (...given) => asked.push(given) }, '/apis/x', now);
  const buttons = elementsOf(view).filter(({ tag }) => tag === 'button');
  assert.deepEqual(buttons.map(textOf), ['Serve this']);
  const healthy = state('payments-api').parts;
  const older = elementsOf(
    releasesView({ ...healthy, onServe: (...given) => asked.push(given) }, '/apis/x', now),
  ).filter(({ tag }) => tag === 'button');
  assert.deepEqual(older.map(textOf), ['Roll back to this', 'Roll back to this']);
  for (const { attributes } of [...buttons, ...older]) attributes.onclick();
  assert.deepEqual(asked, [
    ['checkout.3', false],
    ['payments-api.5', true],
    ['payments-api.4', true],
  ]);
});

test('figures come with what they count', () => {
  const figures = figuresOf({
    leadTime: { n: 6, median: 1.42, p90: 9.8 },
    timeToFirstTraffic: { n: 0 },
    changes: { pushed: 7, published: 6 },
    failedBefore: 1,
    changeFailureRate: 1 / 6,
  });
  assert.deepEqual(
    figures.map(({ name, figure, from }) => `${name}: ${figure} (${from})`),
    [
      'Push to serving: 1.4 s (median, p90 9.8 s, n = 6)',
      'Created to first request: – (n = 0)',
      'Change failure rate: 17 % (rolled back, n = 6 published)',
      'Stopped before production: 1 (n = 7 pushed)',
    ],
  );
});

test('replicas that run or should', () => {
  const at = new Date(now).toISOString();
  const one = (process: string, phase: 'Ready' | 'Stopped' | 'Succeeded') =>
    replica('a', 'b', 1, process, at, { phase });
  const release = one('release', 'Succeeded');
  const all = [
    one('worker', 'Ready'),
    one('web', 'Ready'),
    one('old', 'Stopped'),
    { ...release, spec: { ...release.spec, mode: 'once' as const } },
  ];
  assert.deepEqual(
    presentReplicas(all).map(({ spec }) => spec.process),
    ['web', 'worker'],
  );
  const [worker, web] = all as [Replica, Replica];
  const tried = { ...web, spec: { ...web.spec, environment: 'try-it' } };
  assert.deepEqual(
    presentReplicas([tried, worker, web]).map(({ spec }) => `${spec.process} in ${spec.environment}`),
    ['web in production', 'worker in production', 'web in try-it'],
    'each environment for itself',
  );
});

test('what changes by the second is read often', () => {
  const parts = state('payments-api').parts;
  assert.equal(underWay(parts), false);
  assert.equal(underWay(state('ledger').parts), true);
  assert.ok(parts.rollout);
  assert.equal(underWay({ ...parts, rollout: { ...parts.rollout, status: { phase: 'Draining' } } }), true);
  assert.equal(underWay({ builds: [], releases: [], replicas: [], rollout: undefined }), false);
});

test('small judgements', () => {
  assert.equal(conditionTone({ status: 'True', reason: 'Serving' }), 'good');
  assert.equal(conditionTone({ status: 'False', reason: 'NotListening' }), 'bad');
  assert.equal(conditionTone({ status: 'False', reason: 'Building' }), 'busy');
  assert.equal(conditionTone({ status: 'False', reason: 'WaitingForPush' }), 'idle');
  assert.deepEqual(parseLine('7 web.0 | a | b'), { label: '7 web.0', text: 'a | b' });
  assert.deepEqual(parseLine('plain'), { label: '', text: 'plain' });
  assert.equal(withoutColours('\u001b[31mred\u001b[0m'), 'red');
  assert.equal(readable('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(readable('not json'), 'not json');
});
