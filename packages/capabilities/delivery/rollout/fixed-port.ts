import type { Engine } from '@causeway/engine';
import { pause } from './pause.ts';
import { webProcess } from './replica-plan.ts';
import type { Scene } from './scene.ts';

/**
 * A program that insists on its port (spec.http.port) cannot run twice: the one that has it must end before another
 * starts. Stops every web replica that may hold the port, but those of one configuration. Returns whether it is free of them.
 */
export const freeFixedPort = async (
  engine: Engine,
  { service, replicas }: Scene,
  keep: string | undefined,
): Promise<boolean> => {
  if (service.spec.http.port === undefined) return true;
  const holders = replicas.filter(({ spec }) => spec.process === webProcess && spec.configuration !== keep);
  await pause(engine, holders);
  return holders.every(
    ({ spec, status }) => spec.stop && (status?.phase === 'Stopped' || status?.phase === undefined),
  );
};
