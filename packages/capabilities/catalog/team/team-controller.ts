import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  EnvironmentKind,
  type KindObject,
  kinds,
  NamespaceKind,
  productionEnvironment,
  ServiceKind,
  type Team,
  TeamKind,
  withCondition,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { ownedBy } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';

const finalizer = 'causeway.dev/services';
const actor = controllerActor('team');

/** What a quota can name, beside the services that the team’s status always counts. */
const countable = kinds.filter(kind => kind.scope === 'Namespaced' && !kind.body && kind !== ServiceKind);

const usedOf = ({ store }: Engine, team: Team): Record<string, number> | undefined => {
  const { quota } = team.spec;
  if (!quota) return undefined;
  const named = kinds.filter(kind => Object.hasOwn(quota, kind.plural));
  return Object.fromEntries(named.map(kind => [kind.plural, store.peekAll(kind, team.metadata.name).length]));
};

/** A team always has its namespace and production, and is not deleted while it owns services. */
export const teamController = (engine: Engine): ControllerDefinition =>
  defineController({
    name: 'team',
    kind: TeamKind,
    watches: [
      { kind: ServiceKind, keys: service => [{ namespace: '', name: service.metadata.namespace ?? '' }] },
      {
        kind: EnvironmentKind,
        // Deleted, its settings are gone, and it is there again as at first: services are served in it all the time.
        keys: ({ metadata: { name, namespace = '' } }) =>
          name === productionEnvironment ? [{ namespace: '', name: namespace }] : [],
      },
      ...countable.map(kind => ({
        kind,
        keys: ({ metadata: { namespace = '' } }: KindObject) => {
          const key = { namespace: '', name: namespace };
          return engine.store.peek(TeamKind, key)?.spec.quota?.[kind.plural] === undefined ? [] : [key];
        },
      })),
    ],
    async reconcile(key) {
      const { store } = engine;
      const team = store.peek(TeamKind, key);
      if (!team) return undefined;
      const services = store.peekAll(ServiceKind, key.name);
      if (team.metadata.deletionTimestamp) {
        if (services.length > 0)
          await setStatus(
            engine,
            team,
            services.map(service => service.metadata.name),
            true,
          );
        else await store.mutate(TeamKind, key, withoutFinalizer, actor);
        return undefined;
      }
      if (!team.metadata.finalizers?.includes(finalizer))
        await store.mutate(TeamKind, key, withFinalizer, actor);
      await createOnce(
        store,
        NamespaceKind,
        { metadata: { name: key.name, ownerReferences: [ownedBy(team)] } },
        actor,
      );
      await activate(engine, key.name);
      await createOnce(
        store,
        EnvironmentKind,
        {
          metadata: { name: productionEnvironment, namespace: key.name, ownerReferences: [ownedBy(team)] },
          spec: {},
        },
        actor,
      );
      await setStatus(
        engine,
        team,
        services.map(service => service.metadata.name),
        false,
      );
      return undefined;
    },
  });

const withFinalizer = (team: Team) => ({
  ...team,
  metadata: { ...team.metadata, finalizers: [...(team.metadata.finalizers ?? []), finalizer] },
});

const withoutFinalizer = (team: Team) => ({
  ...team,
  metadata: {
    ...team.metadata,
    finalizers: (team.metadata.finalizers ?? []).filter(one => one !== finalizer),
  },
});

const setStatus = async (
  engine: Engine,
  team: Team,
  services: readonly string[],
  deleting: boolean,
): Promise<void> => {
  const now = new Date(engine.clock.now()).toISOString();
  const used = usedOf(engine, team);
  const ready = deleting
    ? {
        status: 'False' as const,
        reason: 'HasServices',
        message: `Still owns ${services.join(', ')}: delete them first.`,
      }
    : { status: 'True' as const, reason: 'Ready', message: `Namespace ${team.metadata.name} is there.` };
  await engine.store.mutate(
    TeamKind,
    { namespace: '', name: team.metadata.name },
    current => ({
      ...current,
      status: {
        services: services.length,
        ...(used ? { used } : {}),
        conditions: withCondition(
          current.status?.conditions,
          { type: 'Ready', observedGeneration: team.metadata.generation, ...ready },
          now,
        ),
      },
    }),
    actor,
    { subresource: 'status' },
  );
};

/** A namespace is in use from the moment it is there. */
const activate = async ({ store }: Engine, name: string): Promise<void> => {
  const key = { namespace: '', name };
  if (store.peek(NamespaceKind, key)?.status?.phase === 'Active') return;
  await store.mutate(NamespaceKind, key, one => ({ ...one, status: { phase: 'Active' } }), actor, {
    subresource: 'status',
  });
};
