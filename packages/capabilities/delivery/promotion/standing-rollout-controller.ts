import { isDeepStrictEqual } from 'node:util';
import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  isPlatformError,
  type KindObject,
  keyOf,
  productionEnvironment,
  type Rollout,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { runsIn } from './standing-environments.ts';
import { standingSettings } from './standing-settings.ts';

const actor = controllerActor('standing-rollout');

/** Rollouts of environments that end belong to their environment. */
const isOfEnvironment = ({ metadata }: Rollout): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === EnvironmentKind.kind) ?? false;

const hasLeft = (environment: Environment | undefined, { spec }: Rollout): boolean =>
  environment
    ? environment.metadata.deletionTimestamp !== undefined || !runsIn(environment, spec.service)
    : spec.environment !== productionEnvironment;

/** What runs in a standing environment has the settings that are other there, and goes when the environment goes. */
export const standingRolloutController = ({ store }: Engine): ControllerDefinition => {
  const rolloutsOf = ({ metadata }: KindObject, field: 'service' | 'environment') =>
    store.peekAll(RolloutKind, metadata.namespace, ({ spec }) => spec[field] === metadata.name).map(keyOf);
  return defineController({
    name: 'standing-rollout',
    kind: RolloutKind,
    watches: [
      { kind: EnvironmentKind, keys: environment => rolloutsOf(environment, 'environment') },
      { kind: ServiceKind, keys: service => rolloutsOf(service, 'service') },
    ],
    async reconcile(key) {
      const rollout = store.peek(RolloutKind, key);
      if (!rollout || rollout.metadata.deletionTimestamp || isOfEnvironment(rollout)) return undefined;
      const { namespace } = key;
      const environment = store.peek(EnvironmentKind, { namespace, name: rollout.spec.environment });
      const service = store.peek(ServiceKind, { namespace, name: rollout.spec.service });
      if (hasLeft(environment, rollout))
        await store.delete(RolloutKind, key, actor).catch(error => {
          if (!isPlatformError(error, 'NotFound')) throw error;
        });
      else if (environment && service)
        await store.mutate(
          RolloutKind,
          key,
          one => withSettings(one, standingSettings(environment, service)),
          actor,
        );
      return undefined;
    },
  });
};

const withSettings = (rollout: Rollout, settings: Rollout['spec']['settings']): Rollout => {
  if (isDeepStrictEqual(rollout.spec.settings, settings)) return rollout;
  const { settings: _settings, ...spec } = rollout.spec;
  return { ...rollout, spec: { ...spec, ...(settings ? { settings } : {}) } };
};
