import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BuildKind, ChangeRequestKind, isPlatformError, RolloutKind } from '@causeway/model';
import { alice, type World } from '../../testing/world.ts';
import { gitIn } from '../testing/commit-files.ts';
import {
  bob,
  createTeamWorld,
  eve,
  key,
  refused,
  serviceWithChanges,
} from '../testing/service-with-changes.ts';
import { approveChange } from './approve.ts';
import { closeChange, reopenChange } from './close-change.ts';

describe('merging change requests', () => {
  let world: World;
  before(async () => {
    world = await createTeamWorld();
  });
  after(() => world.close());
  const setUp = () => serviceWithChanges(world);

  test('[CHG5] a merge is released as a push by who merged, and tells who did what', async () => {
    const { name, commit, open, merge, peek, bare } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature', { title: 'Add a', description: 'For b.' });
    const merged = await merge(change, 'squash');
    assert.equal(merged.status?.phase, 'Merged');
    assert.equal(merged.status?.merging, undefined);
    const { commit: made, by, method } = merged.status?.merged ?? {};
    assert.deepEqual([by, method], ['bob', 'squash']);
    assert.equal(
      await gitIn(bare, 'x', ['log', '-1', '--format=%an|%cn|%B', made ?? '']),
      `alice|bob|Add a (${change})\n\nFor b.`,
    );
    await world.until('it serves', () => {
      const release = world.engine.store.peek(RolloutKind, key(`${name}.production`))?.status?.serving
        ?.release;
      return release === `${name}.2`;
    });
    const build = world.engine.store.peek(BuildKind, key(`${name}.2`));
    assert.deepEqual([build?.spec.commit, build?.spec.requestedBy], [made, 'bob']);
    for (const again of [() => merge(change), () => closeChange(world.changes, key(change), bob)])
      await assert.rejects(again(), refused('NotMergeable', /is merged already/));
    await world.settle();
    assert.equal(peek()?.status?.merged?.commit, made);
  });

  test('[CHG5] of two who merge at once one does; a push meanwhile is merged into', async () => {
    const { commit, open, merge, bare } = await setUp();
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    const [outcomes] = await Promise.all([
      Promise.allSettled([
        merge(change, 'merge', bob),
        merge(change, 'merge', eve),
        merge(change, 'merge', alice),
      ]),
      (async () => {
        for (const name of ['x', 'y', 'z'])
          await commit({ branch: 'main', files: { [name]: '1' } }).catch(() => {});
      })(),
    ]);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, JSON.stringify(outcomes));
    for (const one of outcomes)
      if (one.status === 'rejected') assert.ok(isPlatformError(one.reason, 'NotMergeable'), one.reason);
    const merges = await gitIn(bare, 'x', ['rev-list', '--merges', '--count', 'main']);
    assert.equal(merges, '1');
    assert.equal(await gitIn(bare, 'x', ['show', 'main:a']), '1');
  });

  test('[CHG5] several changes merged at once all come in, each once', async () => {
    const { commit, open, merge, bare } = await setUp();
    const changes: string[] = [];
    for (const branch of ['one', 'two', 'three']) {
      await commit({ branch, files: { [branch]: '1' } });
      changes.push(await open(branch));
    }
    const merged = await Promise.all(changes.map(change => merge(change, 'squash')));
    assert.deepEqual(
      merged.map(({ status }) => status?.phase),
      ['Merged', 'Merged', 'Merged'],
    );
    assert.equal(await gitIn(bare, 'x', ['rev-list', '--count', 'main']), '4');
    assert.equal(new Set(merged.map(({ status }) => status?.merged?.commit)).size, 3);
  });

  test('[CHG4] conflicts are named, and gone when the branch has them resolved', async () => {
    const { commit, open, merge, peek } = await setUp();
    await commit({ branch: 'feature', files: { a: '1\n' } });
    await commit({ branch: 'main', files: { a: '2\n' } });
    const change = await open('feature');
    assert.match(
      peek()?.status?.mergeable?.message ?? '',
      /^conflicts with main in a: merge main into feature/,
    );
    await assert.rejects(merge(change), refused('NotMergeable', /conflicts with main in a/));
  });

  test('[CHG5] whoever dies between the branch and the word of it: the merge is known', async () => {
    const { name, commit, open, shows, bare, peek } = await setUp();
    const id = { team: 'shop', service: name };
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    const { head = '', target = '' } = peek()?.status ?? {};
    const { changeSource, engine } = world.capabilities;
    const wanted = { method: 'squash', target, head, by: 'bob', message: 'm' } as const;
    const { id: made, stored } = await changeSource.merge(id, wanted);
    await stored;
    await engine.store.mutate(
      ChangeRequestKind,
      key(change),
      one => ({
        ...one,
        status: {
          ...one.status,
          merging: { by: 'bob', at: new Date().toISOString(), commit: made, method: 'squash' },
        },
      }),
      bob,
      { subresource: 'status' },
    );
    await changeSource.move(id, { branch: 'main', from: target, to: made, by: 'bob' });
    const status = await shows('it is merged', one => one.status?.phase === 'Merged');
    assert.deepEqual(
      [status.merged?.by, status.merged?.method, status.merging],
      ['bob', 'squash', undefined],
    );
    assert.equal(await gitIn(bare, 'x', ['rev-parse', 'main']), made);
  });

  test('[CHG5] a merge that nobody went on with can be made again after a minute', async () => {
    const { commit, open, merge } = await setUp();
    const { store } = world.engine;
    await commit({ branch: 'feature', files: { a: '1' } });
    const change = await open('feature');
    const abandoned = (agoMs: number) =>
      store.mutate(
        ChangeRequestKind,
        key(change),
        one => ({
          ...one,
          status: {
            ...one.status,
            merging: {
              by: 'eve',
              at: new Date(Date.now() - agoMs).toISOString(),
              commit: 'f'.repeat(40),
              method: 'squash' as const,
            },
          },
        }),
        eve,
        { subresource: 'status' },
      );
    await abandoned(1000);
    await assert.rejects(merge(change), refused('NotMergeable', /eve merges orders-\d+\.1 already/));
    await abandoned(61_000);
    assert.equal((await merge(change)).status?.merged?.by, 'bob');
  });

  test('[CHG7] merged by hand, branch deleted, closed, opened again', async () => {
    const { commit, open, shows, bare, name } = await setUp();
    const head = await commit({ branch: 'feature', files: { a: '1' } });
    await open('feature');
    await commit({ branch: 'other', files: { b: '1' } });
    const other = await open('other');
    await closeChange(world.changes, key(other), bob);
    await shows('it is closed', one => one.status?.phase === 'Closed', 2);
    await assert.rejects(
      approveChange(world.changes, key(other), {}, bob),
      refused('NotMergeable', /is closed/),
    );
    await reopenChange(world.changes, key(other), bob);
    await shows('it is open', one => one.status?.phase === 'Open', 2);
    await gitIn(bare, 'alice', ['update-ref', '-d', 'refs/heads/other']);
    const gone = await shows('its branch is gone', one => one.status?.phase === 'Closed', 2);
    assert.match(gone.mergeable?.message ?? '', /the branch other is gone/);
    await commit({ branch: 'other', files: { b: '2' } });
    await shows('it is back', one => one.status?.phase === 'Open', 2);
    await gitIn(bare, 'eve', ['update-ref', '-m', 'push', 'refs/heads/main', head]);
    await gitIn(bare, 'eve', ['update-ref', '-d', 'refs/heads/feature']);
    const { merged } = await shows('it is merged', one => one.status?.phase === 'Merged');
    assert.deepEqual([merged?.commit, merged?.method, merged?.by], [head, 'fast-forward', 'eve']);
    assert.ok(name);
  });
});
