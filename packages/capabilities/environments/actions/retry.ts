import type { Actor } from '@causeway/engine';
import { EnvironmentKind, type ObjectKey, PlatformError, RolloutKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { forgetBuilds } from '../environment/forget-builds.ts';
import { rolloutKey } from '../environment/rollouts.ts';

/** Tries again what failed in an environment: builds made for it, and starts. What serves goes on. */
export const retry = async (
  { engine }: Pick<Capabilities, 'engine'>,
  key: ObjectKey,
  actor: Actor,
): Promise<object> => {
  const { store } = engine;
  const environment = await store.get(EnvironmentKind, key);
  const failed = (environment.status?.progress ?? []).filter(({ step }) => step === 'Failed');
  if (failed.length === 0)
    throw new PlatformError('Conflict', `Nothing has failed in '${key.name}'.`, {
      next: `See how it is: platform env describe ${key.name}`,
    });
  for (const { name } of failed) {
    await forgetBuilds(
      engine,
      environment,
      ({ spec, status }) => spec.service === name && status?.phase === 'Failed',
    );
    const rollout = rolloutKey(environment, name);
    if (store.peek(RolloutKind, rollout)?.status?.phase !== 'Failed') continue;
    await store.mutate(
      RolloutKind,
      rollout,
      one => ({ ...one, spec: { ...one.spec, attempt: one.spec.attempt + 1 } }),
      actor,
    );
  }
  return environment;
};
