import { type Replica, ReplicaKind } from '@causeway/model';
import { type Check, type Examined, needsPlatform, ok, skipped, warning } from '../check.ts';

const looked = 20;

const printsNothing = async ({ client, team, signal }: Examined, { metadata }: Replica): Promise<boolean> => {
  if (!client) return false;
  for await (const _line of client.stream(ReplicaKind, team, metadata.name, 'log', { tail: 1 }, signal))
    return false;
  return true;
};

/** Replicas that serve and have printed nothing: their output goes elsewhere, or is held back. */
export const logs: Check = {
  name: 'logs',
  async run(examined) {
    const { client, team, signal } = examined;
    if (!client) return needsPlatform;
    const { items } = await client
      .resource(ReplicaKind)
      .list({ namespace: team, fieldSelector: 'status.phase=Ready', signal });
    const running = items.filter(({ spec }) => spec.mode === 'service' && !spec.stop).slice(0, looked);
    if (running.length === 0) return skipped('No replica runs.');
    const silent = await Promise.all(
      running.map(async replica => ((await printsNothing(examined, replica)) ? [replica] : [])),
    );
    const names = silent.flat().map(({ metadata }) => metadata.name);
    if (names.length === 0) return ok('Every running replica has a log.');
    return warning(
      'Running replicas have printed nothing: their logs are missing.',
      'Write to standard output instead of a file. Python holds output back: platform set NAME PYTHONUNBUFFERED=1.',
      names,
    );
  },
};
