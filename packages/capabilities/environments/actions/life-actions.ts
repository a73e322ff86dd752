import type { Actor } from '@causeway/engine';
import {
  durationMs,
  type Environment,
  EnvironmentKind,
  EnvironmentRequestKind,
  type ObjectKey,
  PlatformError,
  parseDuration,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { endOf } from '../life/lifetime.ts';

type Parts = Pick<Capabilities, 'guarded' | 'engine'>;
type Spec = Environment['spec'];

const change = (
  { guarded }: Parts,
  key: ObjectKey,
  actor: Actor,
  what: string,
  next: (spec: Spec) => Spec,
): Promise<object> =>
  guarded.mutate(
    EnvironmentKind,
    key,
    one => {
      if (one.spec.type === 'standing')
        throw new PlatformError('Invalid', `'${key.name}' is a standing environment: it ${what}.`, {
          next: 'Environments that were asked for do: platform env list',
        });
      if (one.metadata.deletionTimestamp)
        throw new PlatformError('Conflict', `'${key.name}' is being removed already.`, {
          next: `Once it is gone: platform env recreate ${key.name}`,
        });
      return { ...one, spec: next(one.spec) };
    },
    actor,
  );

const neverEnds = 'does not end, and does not sleep';

const positive = (by: string | undefined): number => {
  const seconds = by === undefined ? undefined : parseDuration(by);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new PlatformError('BadRequest', `'${(by ?? '').slice(0, 32)}' is not by how much to extend.`, {
    next: 'Say a duration such as 12h, 7d or 2w.',
  });
};

/** Makes an environment last longer, by a duration such as `7d`. Policies judge it, and the installation’s longest time holds. */
export const extend = async (
  parts: Parts,
  key: ObjectKey,
  by: string | undefined,
  actor: Actor,
): Promise<object> => {
  const seconds = positive(by);
  return change(parts, key, actor, neverEnds, spec => {
    const before = spec.extension === undefined ? 0 : durationMs(spec.extension) / 1000;
    return { ...spec, extension: `${Math.round(before + seconds)}s` };
  });
};

/** Begins an environment’s lifetime anew, from now. What it was extended by beyond that stays: it never ends sooner than before. */
export const renew = (parts: Parts, key: ObjectKey, actor: Actor): Promise<object> =>
  change(parts, key, actor, neverEnds, before => {
    const { extension: _extension, ...spec } = before;
    const anew = { ...spec, startsAt: new Date(parts.engine.clock.now()).toISOString() };
    const beyond = (endOf(before) ?? 0) - (endOf(anew) ?? 0);
    return beyond > 0 ? { ...anew, extension: `${beyond}ms` } : anew;
  });

/** Sends an environment to sleep, or wakes it; the schedule’s next change ends that. */
export const setAsleep = (parts: Parts, key: ObjectKey, asleep: boolean, actor: Actor): Promise<object> =>
  change(parts, key, actor, neverEnds, spec => ({
    ...spec,
    sleep: { asleep, at: new Date(parts.engine.clock.now()).toISOString() },
  }));

/** Asks for the environment of a request again that has gone. */
export const recreate = async ({ engine: { store } }: Parts, key: ObjectKey, actor: Actor): Promise<object> =>
  store.mutate(
    EnvironmentRequestKind,
    key,
    one => {
      const { gone } = one.status ?? {};
      if (!gone)
        throw new PlatformError('Conflict', `The environment '${key.name}' is not gone.`, {
          next: `See how it is: platform env describe ${key.name}`,
        });
      return { ...one, status: { ...one.status, recreateAfter: gone.at } };
    },
    actor,
    { subresource: 'status' },
  );
