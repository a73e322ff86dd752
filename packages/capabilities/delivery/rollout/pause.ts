import type { Engine } from '@causeway/engine';
import { keyOf, type Replica, ReplicaKind } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

const setStop = async ({ store }: Engine, replicas: readonly Replica[], stop: boolean): Promise<void> => {
  await Promise.all(
    replicas
      .filter(replica => replica.spec.stop !== stop)
      .map(replica =>
        store.mutate(
          ReplicaKind,
          keyOf(replica),
          one => ({ ...one, spec: { ...one.spec, stop } }),
          controllerActor('rollout'),
        ),
      ),
  );
};

/** Ends the processes of replicas; the objects stay, so that they can run again. */
export const pause = (engine: Engine, replicas: readonly Replica[]): Promise<void> =>
  setStop(engine, replicas, true);

const endings = ['Stopped', 'Succeeded', 'Failed'];

/**
 * Lets paused replicas run again. One whose process still ends is left until it has: it would be taken for one that runs.
 * Its status brings whoever asked back here.
 */
export const resume = (engine: Engine, replicas: readonly Replica[]): Promise<void> =>
  setStop(
    engine,
    replicas.filter(({ status }) => status?.phase === undefined || endings.includes(status.phase)),
    false,
  );
