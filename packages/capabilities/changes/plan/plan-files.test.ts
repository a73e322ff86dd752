import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FolderEntry } from '@causeway/contracts';
import { EnvironmentRequestKind, type Plan, PolicyKind, ServiceKind, TeamKind } from '@causeway/model';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { readPlatformFiles } from '../source/platform-files.ts';
import { planFiles } from './plan-files.ts';

const commit = 'c'.repeat(40);
const shop = (name: string) => ({ namespace: 'shop', name });
const file = (path: string, text: string): FolderEntry => ({
  path: `platform/${path}`,
  type: 'file',
  size: text.length,
  text,
});
const request = (name: string, ...lines: string[]) =>
  [
    'apiVersion: causeway.dev/v1',
    'kind: EnvironmentRequest',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...lines.map(line => `  ${line}`),
    '',
  ].join('\n');
const service = (name: string, ...lines: string[]) =>
  request(name, ...lines).replace('EnvironmentRequest', 'Service');

describe('what files would do is planned by dry runs', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    await world.engine.store.create(
      ServiceKind,
      { metadata: shop('api'), spec: { replicas: 2, resources: { cpu: '500m', memory: '512Mi' } } },
      alice,
    );
  });
  after(() => world.close());

  const plan = (source: string, ...entries: FolderEntry[]): Promise<Plan> =>
    planFiles(
      { ...world.capabilities, rateCard: { currency: 'EUR', cpu: 20, memory: 4, storage: 0 } },
      { team: 'shop', source, commit, by: 'alice' },
      readPlatformFiles(entries, { team: 'shop', source, folder: 'platform' }),
    );
  const done = ({ changes }: Plan) => changes.map(({ action, kind, name }) => `${action} ${kind}/${name}`);
  const problemOf = ({ changes }: Plan) => changes.flatMap(({ problems = [] }) => problems).join('\n');

  test('[SRC2] what a plan makes is there for the rest of it, and nothing is written', async () => {
    const planned = await plan(
      'api',
      file(
        'env.yaml',
        request('staging', 'lifetime: 365h', 'services:', '  - name: api', '  - name: worker'),
      ),
      file('worker.yaml', service('worker', 'replicas: 1', 'resources: {cpu: "1", memory: 1Gi}')),
    );
    assert.deepEqual(done(planned), ['create Service/worker', 'create EnvironmentRequest/staging']);
    assert.equal(planned.allowed, true, problemOf(planned));
    assert.equal(planned.changes[1]?.path, 'platform/env.yaml');
    assert.equal(world.engine.store.peek(ServiceKind, shop('worker')), undefined);
    // Two copies of api and one of worker, half a month; and worker itself.
    assert.equal(planned.changes[1]?.monthlyCost, (2 * 12 + 24) / 2);
    assert.deepEqual(planned.cost, { currency: 'EUR', monthly: 24 + 24, teamMonthly: 24 + 24 + 24 });
    const alone = await plan('api', file('env.yaml', request('staging', 'services: [{name: wrker}]')));
    assert.equal(alone.allowed, false);
    assert.match(problemOf(alone), /wrker/);
  });

  test('[SRC2] an object that was there is adopted when it is as the file says, and refused otherwise', async () => {
    const same = await plan('api', file('api.yaml', service('api', 'replicas: 2')));
    assert.deepEqual(done(same), ['unchanged Service/api']);
    const other = await plan('api', file('api.yaml', service('api', 'replicas: 3')));
    assert.deepEqual(done(other), ['refuse Service/api']);
    assert.match(
      problemOf(other),
      /^Service\/api is there already, was not made by a file, and is other than platform\/api\.yaml says \(spec\.replicas: 2 → 3\)\. Write into the file what there is, or hand it over: kubectl annotate services api -n shop --overwrite causeway\.dev\/source=api$/,
    );
  });

  test('[SRC3] policies refuse and advise in their words, and rules that passed are counted', async () => {
    const { store } = world.engine;
    await store.create(PolicyKind, celPolicy('no-more-than-5', 'object.spec.replicas <= 5'), alice);
    await store.create(
      PolicyKind,
      celPolicy('a-reserve', 'object.spec.replicas > 1', { action: 'warn' }),
      alice,
    );
    await world.capabilities.policies.settled();
    const planned = await plan(
      'api',
      file('a.yaml', service('many', 'replicas: 9')),
      file('b.yaml', service('one', 'replicas: 1')),
    );
    assert.deepEqual(done(planned), ['refuse Service/many', 'create Service/one']);
    assert.match(
      problemOf(planned),
      /refused by policy:\n✘ no-more-than-5: .*\n {2}Why: It hurts somebody\./,
    );
    assert.match(planned.changes[1]?.warnings?.[0] ?? '', /^policy a-reserve: /);
    assert.equal(planned.policies, 2);
    assert.equal(planned.allowed, false);
    for (const name of ['no-more-than-5', 'a-reserve'])
      await store.delete(PolicyKind, { namespace: '', name }, { user: 'system:server' });
  });

  test('[SRC2] together they may be too many for a quota, though each alone is not', async () => {
    const { store } = world.engine;
    const limit = (quota: Record<string, number> | undefined) =>
      store.mutate(
        TeamKind,
        { namespace: '', name: 'shop' },
        ({ spec: { quota: _, ...spec }, ...team }) => ({
          ...team,
          spec: { ...spec, ...(quota ? { quota } : {}) },
        }),
        { user: 'system:server' },
      );
    await limit({ environmentrequests: 2 });
    const planned = await plan(
      'api',
      ...['a', 'b', 'c'].map(name =>
        file(`${name}.yaml`, request(name, 'lifetime: 1d', 'services: [{name: api}]')),
      ),
    );
    assert.deepEqual(done(planned), [
      'create EnvironmentRequest/a',
      'create EnvironmentRequest/b',
      'refuse EnvironmentRequest/c',
    ]);
    assert.match(
      problemOf(planned),
      /^Team shop may have 2 environmentrequests, has 0, and would have 3\. Delete one/,
    );
    assert.deepEqual(planned.quota, [{ kind: 'environmentrequests', used: 3, limit: 2 }]);
    await limit(undefined);
  });

  test('[SRC2] while a file cannot be read nothing is known of what is gone', async () => {
    await world.engine.store.create(
      EnvironmentRequestKind,
      {
        metadata: {
          ...shop('old'),
          annotations: { 'causeway.dev/source': 'web', 'causeway.dev/source-path': 'platform/old.yaml' },
        },
        spec: { lifetime: '1d', services: [{ name: 'api' }] },
      },
      alice,
    );
    assert.deepEqual(done(await plan('web')), ['delete EnvironmentRequest/old']);
    const broken = await plan('web', file('a.yaml', 'kind: {'));
    assert.deepEqual([broken.changes, broken.allowed, broken.problems.length > 0], [[], false, true]);
    assert.deepEqual(
      done(await plan('web', file('moved.yaml', request('old', 'lifetime: 1d', 'services: [{name: api}]')))),
      ['unchanged EnvironmentRequest/old'],
    );
    const changed = await plan(
      'web',
      file('old.yaml', request('old', 'lifetime: 2d', 'services: [{name: api}]')),
    );
    assert.deepEqual(changed.changes[0]?.fields, ['spec.lifetime: 1d → 2d']);
  });

  test('[SRC2] a hundred files are planned in well under a second', async () => {
    const entries = Array.from({ length: 100 }, (_, index) =>
      file(`${index}.yaml`, request(`many-${index}`, 'lifetime: 1d', 'services: [{name: api, replicas: 1}]')),
    );
    const before = process.cpuUsage();
    const planned = await plan('api', ...entries);
    const { user, system } = process.cpuUsage(before);
    assert.equal(planned.allowed, true, problemOf(planned));
    assert.equal(planned.changes.length, 100);
    // Of the processor, since others may use the machine.
    assert.ok((user + system) / 1000 < 1500, `${(user + system) / 1000} ms of the processor`);
  });
});
