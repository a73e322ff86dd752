import type { NewDecision, Store } from '@causeway/engine';
import { type ObjectKey, type Promotion, type Release, type Rollout, RolloutKind } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { newRollout } from './move-rollout.ts';

const rolloutKey = ({ metadata, spec }: Promotion): ObjectKey => ({
  namespace: metadata.namespace ?? '',
  name: `${spec.service}.${spec.environment}`,
});

const hasFailed = ({ spec, status }: Rollout): boolean => status?.failed?.release === spec.release;

/** Whether the environment serves the release already, or is about to, and no rollback holds it there. */
export const serves = (store: Store, promotion: Promotion): boolean => {
  const rollout = store.peek(RolloutKind, rolloutKey(promotion));
  return (
    rollout !== undefined &&
    rollout.spec.release === promotion.spec.release &&
    rollout.spec.pin === undefined &&
    !hasFailed(rollout)
  );
};

/**
 * The release is wanted in the environment from now on. What was pushed before stays overtaken, though it be newer, and a
 * rollback’s pin is lifted: somebody asked for this one.
 */
export const promoteRollout = async (
  store: Store,
  promotion: Promotion,
  { metadata: { name }, spec: { sequence } }: Release,
  decisions: readonly NewDecision[],
): Promise<void> => {
  const key = rolloutKey(promotion);
  const { service, environment, requestedBy } = promotion.spec;
  const actor = controllerActor('promotion', requestedBy);
  if (!store.peek(RolloutKind, key)) {
    const spec = { service, environment, release: name, sequence, requestedBy };
    await store.create(RolloutKind, newRollout(store, key, spec), actor, { decisions });
    return;
  }
  await store.mutate(
    RolloutKind,
    key,
    one => {
      const { pin, ...spec } = one.spec;
      return {
        ...one,
        spec: {
          ...spec,
          release: name,
          sequence: Math.max(spec.sequence, pin?.sequence ?? 0, sequence),
          requestedBy,
          // A release that failed before is tried again when someone asks for it.
          attempt: one.status?.failed?.release === name ? spec.attempt + 1 : spec.attempt,
        },
      };
    },
    actor,
    { decisions },
  );
};
