import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  BuildKind,
  EnvironmentKind,
  EnvironmentRequestKind,
  findCondition,
  ReleaseKind,
  ReplicaKind,
  RolloutKind,
  RouteKind,
  ServiceKind,
} from '@causeway/model';
import { type Death, mortalDatabase } from '../testing/mortal-database.ts';
import { alice, createWorld, type World } from '../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const name = 'demo';

const ask = (world: World) =>
  world.capabilities.guarded.create(
    EnvironmentRequestKind,
    {
      metadata: { name, namespace: 'shop' },
      spec: { services: [{ name: 'api' }, { name: 'worker', branch: 'feature' }], lifetime: '1d' },
    },
    alice,
  );
const letGo = (world: World) => world.capabilities.guarded.delete(EnvironmentRequestKind, key(name), alice);
const request = (world: World) => world.engine.store.peek(EnvironmentRequestKind, key(name));

const provisioned = (world: World) =>
  world.until('the environment to be ready', () => {
    const { status } = request(world) ?? {};
    return findCondition(status?.conditions, 'Ready')?.status === 'True' && status?.progress?.length === 2;
  });

/** Everything that an environment could leave behind. */
const remains = ({ engine: { store } }: World): Record<string, number> => ({
  requests: store.peekAll(EnvironmentRequestKind).length,
  environments: store.peekAll(EnvironmentKind, 'shop', ({ spec }) => spec.type !== 'standing').length,
  rollouts: store.peekAll(RolloutKind, 'shop', ({ spec }) => spec.environment === name).length,
  replicas: store.peekAll(ReplicaKind, 'shop', ({ spec }) => spec.environment === name).length,
  routes: store.peekAll(RouteKind, 'shop', ({ spec }) => spec.environment === name).length,
  builds: store.peekAll(BuildKind, 'shop', ({ spec }) => spec.reason === 'environment').length,
  releases: store.peekAll(ReleaseKind, 'shop', ({ spec }) => spec.reason === 'environment').length,
});
const gone = (world: World) =>
  world.until('nothing to be left', () => Object.values(remains(world)).every(count => count === 0));

const prepare = async (world: World): Promise<void> => {
  for (const service of ['api', 'worker']) {
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name: service, namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    await world.until(
      `${service} to serve`,
      () => world.engine.store.peek(RolloutKind, key(`${service}.production`))?.status?.serving,
    );
  }
  await world.pushTo('worker', 'feature', 'on a branch');
  await world.settle();
};

/** One life of a server that dies at a commit of the work, and of the one after it. Returns whether it came to die. */
const dieIn = async (work: 'provisioning' | 'teardown', death: Death): Promise<boolean> => {
  const mortal = mortalDatabase();
  const first = await createWorld({ through: mortal.through, log: () => {} });
  await prepare(first);
  if (work === 'teardown') {
    await ask(first);
    await provisioned(first);
    await first.settle();
  }
  mortal.begin(death);
  const asked = (work === 'teardown' ? letGo(first) : ask(first)).catch(() => {});
  const finished = (work === 'teardown' ? gone(first) : provisioned(first)).then(
    () => true,
    () => true,
  );
  await asked;
  await Promise.race([finished, first.until('its death', () => mortal.dead).catch(() => {})]);
  const place = await first.leave();
  const second = await createWorld({ place });
  try {
    // Who asked and heard nothing asks again.
    if (work === 'teardown') await letGo(second).catch(() => {});
    else await ask(second).catch(() => {});
    await (work === 'teardown' ? gone(second) : provisioned(second));
    await second.settle();
    if (work === 'provisioning') {
      assert.equal(remains(second).rollouts, 2);
      assert.equal(remains(second).replicas, 2);
      assert.equal(remains(second).environments, 1);
      await letGo(second);
      await gone(second);
    }
    return mortal.dead;
  } finally {
    await second.close();
  }
};

const mostCommits = 60;
const atOnce = 12;

describe('[ENV12] a server that dies at any commit leaves nothing half', () => {
  for (const work of ['provisioning', 'teardown'] as const)
    test(`of the ${work}`, async t => {
      let next = 1;
      let ended = false;
      let deaths = 0;
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (!ended && next <= mostCommits) {
            const at = next++;
            const when = at % 2 === 0 ? 'before' : 'after';
            if (await dieIn(work, { at, when })) deaths += 1;
            else ended = true;
          }
        }),
      );
      t.diagnostic(`${deaths} deaths`);
      assert.ok(deaths >= 5, `only ${deaths} deaths: the work has more commits than that`);
    });
});
