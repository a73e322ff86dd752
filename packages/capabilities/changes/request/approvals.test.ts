import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ChangeRequestKind, isPlatformError, ServiceKind, TeamKind } from '@causeway/model';
import { alice, createWorld } from '../../testing/world.ts';
import { commitFiles } from '../testing/commit-files.ts';
import { approveChange } from './approve.ts';
import { mergeChange } from './merge-change.ts';
import { openChange } from './open-change.ts';

const key = (name: string) => ({ namespace: 'shop', name });

test('[CHG3] who approves what only its maker owns, and whose approval is gone with them', async t => {
  const world = await createWorld();
  t.after(() => world.close());
  const { store } = world.engine;
  const members = (...people: readonly (readonly [string, 'owner' | 'developer'])[]) =>
    store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      one => ({ ...one, spec: { ...one.spec, members: people.map(([user, role]) => ({ user, role })) } }),
      alice,
    );
  await members(['alice', 'owner'], ['bob', 'developer'], ['eve', 'developer']);
  await store.create(ServiceKind, { metadata: key('orders'), spec: { template: 'tiny' } }, alice);
  await world.until('the first push', () => store.peek(ServiceKind, key('orders'))?.status?.push);
  const bare = join(world.folder, 'shop', 'orders.git');
  await commitFiles(bare, { branch: 'main', files: { CODEOWNERS: '* @shop\n' } });
  await commitFiles(bare, { branch: 'feature', files: { a: '1' } });
  const { change } = await openChange(world.capabilities, key('orders'), { source: 'feature' }, alice);
  const id = key(change.metadata.name);
  const review = () =>
    store.peek(ChangeRequestKind, id)?.status?.checks?.find(({ name }) => name === 'review');
  const says = (what: RegExp) => world.until(String(what), () => what.test(review()?.message ?? ''));
  await says(/^waits for the approval of bob or eve \(alice, who owns a, made the change\)$/);

  const approve = (user: string) => approveChange(world.changes, id, {}, { user, from: 'test' });
  const merge = () => mergeChange(world.changes, id, 'merge', alice, () => {});
  await approve('eve');
  await says(/^approved by eve$/);
  await members(['alice', 'owner'], ['bob', 'developer']);
  await assert.rejects(merge(), error => isPlatformError(error, 'NotMergeable'));
  await says(/^waits for the approval of bob/);
  await approve('bob');
  const merged = await merge();
  assert.deepEqual(
    merged.status?.approvals?.map(({ by }) => by),
    ['bob'],
    'what was merged shows who stood behind it',
  );
});
