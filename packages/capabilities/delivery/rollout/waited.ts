import type { Engine } from '@causeway/engine';
import { keyText, type ObjectKey } from '@causeway/model';

interface Attempt {
  readonly configuration: string;
  readonly startedAt: string;
}

/** What this server waits for: attempts as a whole, and the gateways of each, by the rollout’s key. */
const attempts = new WeakMap<Engine, Map<string, Attempt & { readonly since: number }>>();

type Waited = 'attempt' | 'gateways';

const idOf = (rollout: ObjectKey, what: Waited): string => `${what} ${keyText(rollout)}`;

/**
 * For how long this server has waited for an attempt, or for its gateways, milliseconds, by a clock that nobody can set: an attempt fails because it
 * takes too long, not because a clock was set, a machine slept or no server was there. Counts from the first call.
 */
export const waitedMs = (
  engine: Engine,
  rollout: ObjectKey,
  { configuration, startedAt }: Attempt,
  what: Waited = 'attempt',
): number => {
  const now = engine.clock.elapsed();
  const known = attempts.get(engine) ?? new Map();
  attempts.set(engine, known);
  const key = idOf(rollout, what);
  const before = known.get(key);
  if (before?.configuration === configuration && before.startedAt === startedAt) return now - before.since;
  known.set(key, { configuration, startedAt, since: now });
  return 0;
};

/** Nobody waits for this rollout any more. */
export const endWait = (engine: Engine, rollout: ObjectKey): void => {
  for (const what of ['attempt', 'gateways'] as const) attempts.get(engine)?.delete(idOf(rollout, what));
};
