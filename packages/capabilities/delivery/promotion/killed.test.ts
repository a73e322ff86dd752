import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentKind, RolloutKind, ServiceKind } from '@causeway/model';
import { promote } from '../../index.ts';
import { subjectOfDecision } from '../../policy/record/decision-of.ts';
import { type Death, mortalDatabase } from '../../testing/mortal-database.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const serving = (world: World, environment: string) =>
  world.engine.store.peek(RolloutKind, key(`api.${environment}`))?.status?.serving?.release;

const prepare = async (world: World): Promise<void> => {
  const { store } = world.engine;
  await world.until('production', () => store.peek(EnvironmentKind, key('production')));
  for (const name of ['test', 'staging'])
    await store.create(
      EnvironmentKind,
      { metadata: { name, namespace: 'shop' }, spec: { order: 10 } },
      alice,
    );
  await store.mutate(
    EnvironmentKind,
    key('production'),
    one => ({ ...one, spec: { ...one.spec, deploys: 'promotion' } }),
    alice,
  );
  await store.create(
    ServiceKind,
    { metadata: { name: 'api', namespace: 'shop' }, spec: { template: 'tiny' } },
    alice,
  );
  await world.until('api.1', () => ['test', 'staging'].every(name => serving(world, name) === 'api.1'));
  await world.settle();
};

const pushed = (world: World, release: string) =>
  world.until(`${release} in both`, () =>
    ['test', 'staging'].every(name => serving(world, name) === release),
  );
const ask = (world: World) =>
  promote(world.capabilities, key('api'), { to: 'production', from: 'staging' }, alice);
const promoted = (world: World, release: string) =>
  world.until('production to serve', () => serving(world, 'production') === release);

/** What serves where was let there by a recorded decision. */
const assertDecided = async (world: World): Promise<void> => {
  const decisions = await world.engine.decisions.read({ kind: 'ReleaseEvidence', inputs: true, limit: 100 });
  const allowed = decisions.flatMap(one => {
    const subject = subjectOfDecision(one)?.subject;
    const { spec } = (subject?.object ?? {}) as { spec?: { sequence?: number } };
    return one.allowed ? [`api.${spec?.sequence} in ${subject?.request.environment}`] : [];
  });
  for (const { spec } of world.engine.store.peekAll(RolloutKind, 'shop'))
    assert.ok(allowed.includes(`${spec.release} in ${spec.environment}`), allowed.join(', '));
};

/** One life of a server that dies at a commit of a push and a promotion, and of the one after it. Returns whether it came to die. */
const dieAt = async (death: Death): Promise<boolean> => {
  const mortal = mortalDatabase();
  const first = await createWorld({ through: mortal.through, log: () => {} });
  await prepare(first);
  mortal.begin(death);
  await first.push('api', 'second');
  const work = (async () => {
    await pushed(first, 'api.2');
    await ask(first);
    await promoted(first, 'api.2');
  })().catch(() => {});
  await Promise.race([work, first.until('its death', () => mortal.dead).catch(() => {})]);
  const place = await first.leave();
  const second = await createWorld({ place });
  try {
    second.nudge('api');
    await pushed(second, 'api.2');
    await assertDecided(second);
    await ask(second);
    await promoted(second, 'api.2');
    await second.settle();
    await assertDecided(second);
    return mortal.dead;
  } finally {
    await second.close();
  }
};

const mostCommits = 40;
const atOnce = 8;

test('[PRO2] a server that dies at any commit of a push or a promotion leaves nothing half, and nothing unjudged', async t => {
  let next = 1;
  let ended = false;
  let deaths = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (!ended && next <= mostCommits) {
        const at = next;
        next += 2;
        if (await dieAt({ at, when: at % 4 === 1 ? 'before' : 'after' })) deaths += 1;
        else ended = true;
      }
    }),
  );
  t.diagnostic(`${deaths} deaths`);
  assert.ok(deaths >= 5, `only ${deaths} deaths: the work has more commits than that`);
});
