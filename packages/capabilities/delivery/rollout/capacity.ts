import type { Replica } from '@causeway/model';
import { webProcess } from './replica-plan.ts';

/** It answers, and is to go on: one that is to stop still says that it is ready for a moment. */
export const ready = ({ spec, status }: Replica): boolean => status?.phase === 'Ready' && !spec.stop;

/** Replicas of one configuration that count as its capacity: the web ones, or all when nothing listens. */
export const capacityOf = (replicas: readonly Replica[], configuration: string | undefined): Replica[] => {
  const own = replicas.filter(
    replica => replica.spec.configuration === configuration && replica.spec.mode === 'service',
  );
  const web = own.filter(replica => replica.spec.process === webProcess);
  return web.length > 0 ? web : own;
};

export const readyCount = (replicas: readonly Replica[], configuration: string | undefined): number =>
  capacityOf(replicas, configuration).filter(ready).length;
