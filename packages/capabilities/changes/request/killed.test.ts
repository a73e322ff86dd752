import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ChangeRequestKind, RolloutKind, ServiceKind } from '@causeway/model';
import { type Death, mortalDatabase } from '../../testing/mortal-database.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { commitFiles, gitIn } from '../testing/commit-files.ts';
import { mergeChange } from './merge-change.ts';
import { openChange } from './open-change.ts';

const bob = { user: 'bob', from: 'test' };
const key = (name: string) => ({ namespace: 'shop', name });
const bareOf = (world: World): string => join(world.folder, 'shop', 'api.git');
const changeIn = (world: World) => world.engine.store.peek(ChangeRequestKind, key('api.1'));
const serving = (world: World) =>
  world.engine.store.peek(RolloutKind, key('api.production'))?.status?.serving?.release;

const prepare = async (world: World): Promise<void> => {
  await world.engine.store.create(
    ServiceKind,
    { metadata: { name: 'api', namespace: 'shop' }, spec: { template: 'tiny' } },
    alice,
  );
  await world.until('api.1', () => serving(world) === 'api.1');
  await commitFiles(bareOf(world), { branch: 'feature', files: { a: '1' } });
  await openChange(world.capabilities, key('api'), { source: 'feature' }, alice);
  await world.until('it is observed', () => changeIn(world)?.status?.mergeable?.ready);
  await world.settle();
};

/** One life of a server that dies at a commit of a merge, and of the one after it. Returns what came of the merge. */
const dieAt = async (death: Death): Promise<'merged' | 'not merged'> => {
  const mortal = mortalDatabase();
  const first = await createWorld({ through: mortal.through, log: () => {} });
  await prepare(first);
  const before = await gitIn(bareOf(first), 'x', ['rev-parse', 'main']);
  mortal.begin(death);
  const work = mergeChange(first.changes, key('api.1'), 'squash', bob, ({ name }) => first.nudge(name));
  await Promise.race([
    work.then(
      () => first.until('its death', () => mortal.dead),
      () => {},
    ),
    first.until('its death', () => mortal.dead),
  ]).catch(() => {});
  await work.catch(() => {});
  const place = await first.leave();
  const second = await createWorld({ place });
  try {
    second.nudge('api');
    const tip = await gitIn(bareOf(second), 'x', ['rev-parse', 'main']);
    await second.settle();
    if (tip === before) {
      assert.equal(changeIn(second)?.status?.merged, undefined);
      assert.equal(serving(second), 'api.1');
      return 'not merged';
    }
    await second.until('it is merged', () => changeIn(second)?.status?.phase === 'Merged');
    const { merged, merging } = changeIn(second)?.status ?? {};
    assert.deepEqual(
      [merged?.by, merged?.method, merged?.commit, merging],
      ['bob', 'squash', tip, undefined],
    );
    await second.until('it serves', () => serving(second) === 'api.2');
    assert.equal(await gitIn(bareOf(second), 'x', ['rev-list', '--count', `${before}..main`]), '1');
    return 'merged';
  } finally {
    await second.close();
  }
};

test('[CHG5] a server that dies at any commit of a merge leaves it done or not begun, and released once', async t => {
  const outcomes = await Promise.all(
    ([1, 2, 3, 4] as const).map(at => dieAt({ at, when: at % 2 === 1 ? 'after' : 'before' })),
  );
  t.diagnostic(outcomes.join(', '));
  assert.ok(outcomes.includes('merged') && outcomes.includes('not merged'), outcomes.join(', '));
});
