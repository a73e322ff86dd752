import type { Engine } from '@causeway/engine';
import { keyText, type ObjectKey } from '@causeway/model';

interface Attempt {
  readonly configuration: string;
  readonly startedAt: string;
}

/** Attempts that this server waits for, by the rollout’s key. */
const attempts = new WeakMap<Engine, Map<string, Attempt & { readonly since: number }>>();

/**
 * For how long this server has waited for an attempt, milliseconds, by a clock that nobody can set: an attempt fails because it
 * takes too long, not because a clock was set, a machine slept or no server was there. Counts from the first call.
 */
export const waitedMs = (
  engine: Engine,
  rollout: ObjectKey,
  { configuration, startedAt }: Attempt,
): number => {
  const now = engine.clock.elapsed();
  const known = attempts.get(engine) ?? new Map();
  attempts.set(engine, known);
  const key = keyText(rollout);
  const before = known.get(key);
  if (before?.configuration === configuration && before.startedAt === startedAt) return now - before.since;
  known.set(key, { configuration, startedAt, since: now });
  return 0;
};

/** Nobody waits for this rollout any more. */
export const endWait = (engine: Engine, rollout: ObjectKey): void => {
  attempts.get(engine)?.delete(keyText(rollout));
};
