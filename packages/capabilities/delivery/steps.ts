import { createHash } from 'node:crypto';
import type { Engine, LedgerEntry } from '@causeway/engine';

/** The steps of a change and of a service’s journey that the ledger knows, after CDEvents. */
export type StepType =
  | 'service.decided'
  | 'service.created'
  | 'service.failed'
  | 'service.deleted'
  | 'service.visited'
  | 'change.pushed'
  | 'change.superseded'
  | 'build.finished'
  | 'tests.finished'
  | 'build.failed'
  | 'release.created'
  | 'release.published'
  | 'release.rolledback'
  | 'rollout.failed';

export interface Step {
  readonly type: StepType;
  readonly team: string;
  readonly service: string;
  readonly environment?: string;
  readonly actor: string;
  readonly at?: string;
  /** What makes this step one of its kind: the build’s uid, the push’s sequence. */
  readonly of: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What this process has recorded already: reconcilers pass often, and the ledger need not be asked each time. */
const recorded = new WeakMap<Engine, Set<string>>();
const remembered = 10_000;

const idOf = ({ type, team, service, environment = '', of }: Step): string =>
  createHash('sha256').update([type, team, service, environment, of].join('\n')).digest('hex').slice(0, 32);

/** Whether this process knows the step to be recorded; `false` may also mean that it does not know. */
export const isRecorded = (
  engine: Engine,
  step: Pick<Step, 'type' | 'team' | 'service' | 'environment' | 'of'>,
): boolean => recorded.get(engine)?.has(idOf(step as Step)) ?? false;

/** Records steps; the same step of the same thing is recorded once, however often a reconciler passes. */
export const recordSteps = async (engine: Engine, ...steps: readonly Step[]): Promise<void> => {
  const known = recorded.get(engine) ?? new Set();
  recorded.set(engine, known);
  const entries = steps.flatMap((step): LedgerEntry[] => {
    const { of: _of, at = new Date(engine.clock.now()).toISOString(), ...rest } = step;
    const id = idOf(step);
    return known.has(id) ? [] : [{ ...rest, id, at }];
  });
  await engine.ledger.append(...entries);
  if (known.size > remembered) known.clear();
  for (const { id } of entries) known.add(id);
};
