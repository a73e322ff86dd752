import type { Engine } from '@causeway/engine';
import { keyOf, type Replica, ReplicaKind } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { webProcess } from './replica-plan.ts';
import type { Scene } from './scene.ts';

/** A program that insists on its port (spec.http.port) cannot run twice: the one that has it must end before another starts. */
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

/** Stops every web replica that may hold the service’s fixed port, but those of one configuration. Returns whether the port is free of them. */
export const freeFixedPort = async (
  engine: Engine,
  { service, replicas }: Scene,
  keep: string | undefined,
): Promise<boolean> => {
  if (service.spec.http.port === undefined) return true;
  const holders = replicas.filter(({ spec }) => spec.process === webProcess && spec.configuration !== keep);
  await setStop(engine, holders, true);
  return holders.every(
    ({ spec, status }) => spec.stop && (status?.phase === 'Stopped' || status?.phase === undefined),
  );
};

/** Lets replicas that were stopped for another’s sake run again. */
export const resume = (engine: Engine, replicas: readonly Replica[]): Promise<void> =>
  setStop(engine, replicas, false);
