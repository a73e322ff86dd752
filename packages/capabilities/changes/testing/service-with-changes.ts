import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  type ChangeRequest,
  ChangeRequestKind,
  type PlatformError,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { mergeChange } from '../request/merge-change.ts';
import { openChange } from '../request/open-change.ts';
import { commitFiles, type NewCommit } from './commit-files.ts';

export const bob = { user: 'bob', from: 'test' };
export const eve = { user: 'eve', from: 'test' };
export const key = (name: string) => ({ namespace: 'shop', name });

/** A world whose team `shop` has an owner, two developers and a viewer. */
export const createTeamWorld = async (): Promise<World> => {
  const world = await createWorld();
  await world.engine.store.mutate(
    TeamKind,
    { namespace: '', name: 'shop' },
    one => ({
      ...one,
      spec: {
        ...one.spec,
        members: [
          { user: 'alice', role: 'owner' },
          { user: 'bob', role: 'developer' },
          { user: 'eve', role: 'developer' },
          { user: 'reader', role: 'viewer' },
        ],
      },
    }),
    alice,
  );
  return world;
};

let services = 0;

/** A service with a first commit on main, and how things are done with it. */
export const serviceWithChanges = async (world: World) => {
  services += 1;
  const name = `orders-${services}`;
  const { store } = world.engine;
  await store.create(
    ServiceKind,
    { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny' } },
    alice,
  );
  await world.until('the first push', () => store.peek(ServiceKind, key(name))?.status?.push);
  const bare = join(world.folder, 'shop', `${name}.git`);
  const commit = (wanted: NewCommit) => commitFiles(bare, wanted);
  const peek = (number = 1) => store.peek(ChangeRequestKind, key(`${name}.${number}`));
  const shows = async (what: string, look: (change: ChangeRequest) => unknown, number = 1) => {
    world.changes.nudge(key(`${name}.${number}`));
    await world.until(what, () => {
      const change = peek(number);
      return change !== undefined && Boolean(look(change));
    });
    return peek(number)?.status ?? {};
  };
  const open = async (source: string, more: object = {}, actor = alice) => {
    const { change } = await openChange(world.capabilities, key(name), { source, ...more }, actor);
    await shows('it is observed', one => one.status?.head, change.spec.number);
    return change.metadata.name;
  };
  const merge = (change: string, method: 'merge' | 'squash' | 'fast-forward' = 'merge', actor = bob) =>
    mergeChange(world.changes, key(change), method, actor, one => world.nudge(one.name));
  return { name, bare, commit, peek, shows, open, merge };
};

/** What an error that is expected says. */
export const refused = (code: string, message: RegExp) => (error: PlatformError) => {
  assert.match(error.message, message);
  assert.equal(error.code, code);
  return true;
};
