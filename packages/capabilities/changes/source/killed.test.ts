import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { EnvironmentRequestKind, findCondition, ServiceKind, SourceKind } from '@causeway/model';
import { type Death, mortalDatabase } from '../../testing/mortal-database.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { pushFiles } from '../testing/push-files.ts';

const shop = (name: string) => ({ namespace: 'shop', name });
const request = (name: string, lifetime: string) =>
  `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: ${name}\nspec:\n  lifetime: ${lifetime}\n  services: [{name: api}]\n`;
const service = (name: string) =>
  `apiVersion: causeway.dev/v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  replicas: 2\n`;

const push = async (world: World, files: Record<string, string>): Promise<string> => {
  const commit = await pushFiles(join(world.folder, 'shop', 'api.git'), { 'index.html': 'hello', ...files });
  world.nudge('api');
  return commit;
};

const applied = (world: World, commit: string) =>
  world.until('the commit to be applied', () => {
    const status = world.engine.store.peek(SourceKind, shop('api'))?.status;
    return status?.commit === commit && findCondition(status.conditions, 'Ready')?.status === 'True';
  });

const lifetimes = (world: World) =>
  Object.fromEntries(
    world.engine.store
      .peekAll(EnvironmentRequestKind, 'shop')
      .map(({ metadata, spec }) => [metadata.name, spec.lifetime]),
  );

/** A server that dies at a commit of the work, and the one after it. Returns whether it came to die. */
const dieAt = async (death: Death): Promise<boolean> => {
  const mortal = mortalDatabase();
  const first = await createWorld({ through: mortal.through, log: () => {} });
  await first.engine.store.create(ServiceKind, { metadata: shop('api') }, alice);
  await first.until('the repository', () =>
    findCondition(first.engine.store.peek(ServiceKind, shop('api'))?.status?.conditions, 'RepositoryReady'),
  );
  await applied(
    first,
    await push(first, {
      'platform/a.yaml': request('changed', '1d'),
      'platform/b.yaml': request('gone', '1d'),
    }),
  );
  await first.settle();
  mortal.begin(death);
  const commit = await push(first, {
    'platform/moved/a.yaml': request('changed', '2d'),
    'platform/c.yaml': request('made', '3d'),
    'platform/d.yaml': service('worker'),
  });
  await Promise.race([
    applied(first, commit).catch(() => {}),
    first.until('its death', () => mortal.dead).catch(() => {}),
  ]);
  const place = await first.leave();
  const second = await createWorld({ place });
  try {
    await applied(second, commit);
    await second.until('what is gone to go', () => !('gone' in lifetimes(second)));
    assert.deepEqual(lifetimes(second), { changed: '2d', made: '3d' });
    assert.equal(second.engine.store.peek(ServiceKind, shop('worker'))?.spec.replicas, 2);
    const { documents = [] } = second.engine.store.peek(SourceKind, shop('api'))?.status ?? {};
    assert.deepEqual(documents.map(({ name, state }) => `${name} ${state}`).sort(), [
      'changed Applied',
      'made Applied',
      'worker Applied',
    ]);
    return mortal.dead;
  } finally {
    await second.close();
  }
};

test('[SRC8] a server that dies at any commit of an apply leaves nothing half', async t => {
  let next = 1;
  let deaths = 0;
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      while (next <= 12) {
        const at = next++;
        if (await dieAt({ at, when: at % 2 === 0 ? 'before' : 'after' })) deaths += 1;
      }
    }),
  );
  t.diagnostic(`${deaths} deaths`);
  assert.ok(deaths >= 8, `only ${deaths} deaths: the apply has fewer commits than it is killed at`);
});
