import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  BuildKind,
  EnvironmentRequestKind,
  type ObjectKey,
  PlatformError,
  RolloutKind,
  reportOf,
  ServiceKind,
} from '@causeway/model';
import { pushFiles } from '../../changes/testing/push-files.ts';
import { reportPush, rollback } from '../../index.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';

const key = (name: string): ObjectKey => ({ namespace: 'shop', name });
const request = (name: string): string =>
  [
    'apiVersion: causeway.dev/v1',
    'kind: EnvironmentRequest',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  services: [{ name: orders }]',
    '',
  ].join('\n');

let world: World;

before(async () => {
  world = await createWorld();
  await world.engine.store.create(ServiceKind, { metadata: key('orders') }, alice);
  await world.until('its repository', () => service()?.status?.cloneUrl);
});
after(() => world.close());

const service = () => world.engine.store.peek(ServiceKind, key('orders'));
const built = (commit: string): string | undefined =>
  world.engine.store.peekAll(BuildKind, 'shop', ({ spec }) => spec.commit === commit)[0]?.metadata.name;
const serving = (): string | undefined =>
  world.engine.store.peek(RolloutKind, key('orders.production'))?.status?.serving?.release;

/** Pushes exactly these files, and answers with the push as it was recorded. */
const push = async (files: Record<string, string>) => {
  const commit = await pushFiles(join(world.folder, 'shop', 'orders.git'), files);
  world.nudge('orders');
  return world.until('the push', () => {
    const found = service()?.status?.push;
    return found?.commit === commit && found;
  });
};
/** Pushes what is built, and waits until it serves. */
const released = async (files: Record<string, string>): Promise<string> => {
  const { commit } = await push(files);
  const build = await world.until('its build', () => built(commit));
  await world.until('it to serve', () => serving() === build);
  return build;
};

test('[DEL11] a push in which only files of the platform differ builds nothing, and what it says is applied', async () => {
  const first = await released({ 'index.html': 'one' });
  const asked = await push({ 'index.html': 'one', 'platform/mine.yaml': request('mine') });
  assert.equal(asked.repeats, first);
  await world.until('the request', () => world.engine.store.peek(EnvironmentRequestKind, key('mine')));
  const changed = await push({
    'index.html': 'one',
    'platform/deeper/mine.yml': request('mine'),
    'platform/other.json': JSON.stringify({
      apiVersion: 'causeway.dev/v1',
      kind: 'EnvironmentRequest',
      metadata: { name: 'other' },
      spec: { services: [{ name: 'orders' }] },
    }),
  });
  assert.equal(changed.repeats, first, 'moved and added');
  const emptied = await push({ 'index.html': 'one', 'platform/mine.yaml': '\n' });
  assert.equal(emptied.repeats, first);
  const removed = await push({ 'index.html': 'one' });
  assert.equal(removed.repeats, first);
  await world.settle();
  for (const { commit } of [asked, changed, emptied, removed]) assert.equal(built(commit), undefined);
  assert.equal(serving(), first);
});

test('the pusher is told that nothing is built', async () => {
  const before = service()?.status?.push;
  const files = { 'index.html': 'one', 'platform/told.yaml': request('told') };
  const after = await pushFiles(join(world.folder, 'shop', 'orders.git'), files);
  const lines: string[] = [];
  for await (const line of reportPush(
    world.capabilities,
    {
      id: { team: 'shop', service: 'orders' },
      user: 'alice',
      updates: [{ ref: 'refs/heads/main', before: before?.commit, after }],
    },
    one => world.nudge(one.name),
    AbortSignal.timeout(180_000),
  ))
    lines.push(line);
  assert.match(lines.join('\n'), /nothing to build: only files of the platform differ; orders\.1 goes on$/);
});

test('anything else is built: a program’s own file in the folder, a change of both, a commit that changes nothing', async () => {
  const own = { 'index.html': 'one', 'platform/settings.yaml': 'colour: red\n' };
  await released(own);
  await released({ ...own, 'platform/settings.yaml': 'colour: blue\n' });
  await released({ ...own, 'platform/code.js': 'first' });
  await released({ 'index.html': 'two', 'platform/mine.yaml': request('mine') });
  // What was the program’s becomes a file of the platform: the program may have read it.
  await released({ 'index.html': 'two', 'platform/mine.yaml': 'colour: red\n' });
  const last = await released({ 'index.html': 'two', 'platform/mine.yaml': request('mine') });
  const again = await push({ 'index.html': 'two', 'platform/mine.yaml': request('mine') });
  assert.equal(again.repeats, undefined, 'an empty commit asks for a build');
  await world.until('it to serve', () => serving() === built(again.commit));
  assert.notEqual(serving(), last);
});

test('a rollback holds; what failed before and other build settings are tried with the next push', async () => {
  const newest = await released({ 'index.html': 'three' });
  await rollback(world.capabilities, key('orders'), undefined, alice);
  await world.until('the rollback', () => serving() !== newest);
  const back = serving();
  const asked = await push({ 'index.html': 'three', 'platform/mine.yaml': request('mine') });
  assert.equal(asked.repeats, newest);
  await world.settle();
  assert.equal(serving(), back);

  const failure = reportOf(new PlatformError('ProcessExited', 'exit code 7', { evidence: [] }));
  world.behaviour.build = () => failure;
  const { commit } = await push({ 'index.html': 'four' });
  await world.until('the failure', () => service()?.status?.failure);
  world.behaviour.build = () => undefined;
  await released({ 'index.html': 'four', 'platform/mine.yaml': request('mine') });
  assert.ok(built(commit));

  await world.engine.store.mutate(
    ServiceKind,
    key('orders'),
    one => ({ ...one, spec: { ...one.spec, build: { ...one.spec.build, start: 'node other.js' } } }),
    alice,
  );
  await released({ 'index.html': 'four' });
});
