import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Store } from '@causeway/engine';
import { type Policy, PolicyKind, platformTeam, TeamKind } from '@causeway/model';
import { createWorld, type World } from '../../testing/world.ts';
import { installShippedPolicies } from './install-shipped.ts';

const ada = { user: 'ada', from: 'test' };
const key = (name: string) => ({ namespace: '', name });
const repository = join(import.meta.dirname, '../../../../policies');

describe('policies that are shipped', () => {
  let world: World;
  let store: Store;
  let folder: string;
  const install = () => installShippedPolicies(store, folder);
  const names = () =>
    store
      .peekAll(PolicyKind)
      .map(({ metadata }) => metadata.name)
      .sort();
  const get = (name: string) => store.get(PolicyKind, key(name));
  const change = (name: string, next: (policy: Policy) => unknown) =>
    store.mutate(PolicyKind, key(name), next, ada);
  /** A release with another text. */
  const release = async (name: string, from: string | RegExp, to: string) => {
    const file = join(folder, name, 'policy.yaml');
    const text = await readFile(file, 'utf8');
    assert.notEqual(text.replace(from, to), text);
    await writeFile(file, text.replace(from, to));
  };

  before(async () => {
    world = await createWorld();
    store = world.engine.store;
    folder = await mkdtemp(join(tmpdir(), 'causeway-shipped-'));
    for (const name of ['no-root', 'no-latest', 'no-privileged', 'production-replicas'])
      await cp(join(repository, name), join(folder, name), { recursive: true });
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('[POL8] without a team that owns them there are none', async () => {
    await install();
    assert.deepEqual(names(), []);
    await store.create(TeamKind, { metadata: { name: platformTeam } }, ada);
  });

  test('[POL8] a start makes them, by several servers at once', async () => {
    await Promise.all([install(), install(), install()]);
    assert.deepEqual(names(), ['no-latest', 'no-privileged', 'no-root', 'production-replicas']);
    const { metadata, spec } = await get('no-privileged');
    assert.equal(metadata.labels?.['causeway.dev/shipped'], 'true');
    assert.equal(spec.action, 'deny');
    assert.match(spec.source.inline ?? '', /^package causeway\.no_privileged/);
    assert.ok(spec.tests.length > 4);
  });

  test('[POL8] a start without a new release writes nothing', async () => {
    await change('no-latest', policy => ({ ...policy, spec: { ...policy.spec, action: 'deny' } }));
    const written = () =>
      store.peekAll(PolicyKind).map(({ metadata }) => `${metadata.name} ${metadata.generation}`);
    const before = written();
    await install();
    assert.deepEqual(written(), before);
  });

  test('[POL8] a release brings its texts, and keeps what people decided', async () => {
    await change('production-replicas', policy => ({
      ...policy,
      metadata: { ...policy.metadata, labels: { ...policy.metadata.labels, theme: 'resilience' } },
      spec: { ...policy.spec, parameters: { ...policy.spec.parameters, least: 3 } },
    }));
    await release('no-latest', /why: >-\n.*\n/, 'why: A new reason.\n');
    await release('production-replicas', 'environments: [production]', 'environments: [production, live]');
    await release('production-replicas', 'action: audit', 'action: warn');
    await install();
    const { spec } = await get('no-latest');
    assert.deepEqual([spec.why, spec.action], ['A new reason.', 'deny']);
    const replicas = await get('production-replicas');
    assert.deepEqual(replicas.spec.parameters, { environments: ['production', 'live'], least: 3 });
    assert.equal(replicas.spec.action, 'warn');
    assert.equal(replicas.metadata.labels?.theme, 'resilience');
  });

  test('[POL8] what people decided survives the release after that as well', async () => {
    await release('no-latest', 'why: A new reason.', 'why: A newer reason.');
    await install();
    const { spec } = await get('no-latest');
    assert.deepEqual([spec.why, spec.action], ['A newer reason.', 'deny']);
    assert.equal((await get('production-replicas')).spec.parameters.least, 3);
  });

  test('[POL8] one that people removed stays away; a new one comes', async () => {
    await store.delete(PolicyKind, key('no-root'), ada);
    await release('no-root', 'severity: high', 'severity: low');
    await cp(join(repository, 'reviewed-commit'), join(folder, 'reviewed-commit'), { recursive: true });
    await install();
    assert.deepEqual(names(), ['no-latest', 'no-privileged', 'production-replicas', 'reviewed-commit']);
  });

  test('[POL8] one without the label belongs to people', async () => {
    await change('no-latest', ({ metadata: { labels: _, ...metadata }, ...policy }) => ({
      ...policy,
      metadata,
    }));
    await release('no-latest', 'why: A newer reason.', 'why: Not for them.');
    await install();
    assert.equal((await get('no-latest')).spec.why, 'A newer reason.');
  });

  test('[POL8] one that is no longer shipped goes on judging', async () => {
    await rm(join(folder, 'no-privileged'), { recursive: true });
    await install();
    assert.ok(names().includes('no-privileged'));
  });

  test('[POL8] those that were removed come back once nobody remembers', async () => {
    await store.mutate(
      TeamKind,
      key(platformTeam),
      ({ metadata: { annotations: _, ...metadata }, ...team }) => ({ ...team, metadata }),
      ada,
    );
    await install();
    assert.ok(names().includes('no-root'));
  });
});
