import { keyOf, PlatformError, type Service, ServiceKind } from '@causeway/model';
import { recordSteps } from '../../delivery/steps.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { repeatedBuild } from './repeated-build.ts';

/**
 * Records what the repository itself says moved since last time, so a lost notice loses no push. Each push gets the
 * service’s next sequence number; the status keeps the newest.
 */
export const recordPushes = async (capabilities: Capabilities, service: Service): Promise<Service> =>
  (await readPushes(capabilities, service))?.() ?? service;

/** Reads what moved; the result records it, `undefined` where nothing did. Fails with `Conflict` if somebody has recorded meanwhile. */
export const readPushes = async (
  capabilities: Capabilities,
  service: Service,
): Promise<(() => Promise<Service>) | undefined> => {
  const { engine, repositories } = capabilities;
  const key = keyOf(service);
  const repository = { team: key.namespace, service: key.name };
  const before = service.status?.push;
  const pushes = await repositories.pushes(repository, service.spec.branch, before?.entry ?? 0);
  const first = (service.status?.sequence ?? 0) + 1;
  const now = engine.clock.now();
  const recorded = pushes.map((push, index) => ({
    ...push,
    at: pushedAt(push.at, now),
    sequence: first + index,
  }));
  const newest = recorded.at(-1);
  if (!newest) return undefined;
  const repeats = await repeatedBuild(capabilities, service, newest.commit);
  return async () => {
    const [stored] = await Promise.all([
      engine.store.mutate(
        ServiceKind,
        key,
        one => {
          if ((one.status?.sequence ?? 0) !== first - 1)
            throw new PlatformError('Conflict', 'the sequence moved on meanwhile');
          const { sequence, entry, commit, by, at } = newest;
          const push = { sequence, entry, commit, by, at, ...(repeats === undefined ? {} : { repeats }) };
          return { ...one, status: { ...one.status, sequence, push } };
        },
        controllerActor('service', newest.by),
        { subresource: 'status' },
      ),
      recordSteps(
        engine,
        ...recorded.map(({ entry, commit, by, at, before: from, sequence }) => ({
          type: 'change.pushed' as const,
          team: key.namespace,
          service: key.name,
          actor: by,
          at,
          of: `${service.metadata.uid}/${entry}`,
          data: { commit, sequence, ...(from === undefined ? {} : { before: from }) },
        })),
      ),
    ]);
    return stored;
  };
};

/** A reflog keeps whole seconds. Within that second, the latest moment that is not yet to come is the nearest one can say. */
const pushedAt = (second: string, now: number): string => {
  const start = Date.parse(second);
  return new Date(Math.max(start, Math.min(now, start + 999))).toISOString();
};
