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

/** Records steps; the same step of the same thing is recorded once, however often a reconciler passes. */
export const recordSteps = (engine: Engine, ...steps: readonly Step[]): Promise<void> =>
  engine.ledger.append(
    ...steps.map(
      ({ of, at, ...step }): LedgerEntry => ({
        ...step,
        id: createHash('sha256')
          .update([step.type, step.team, step.service, step.environment ?? '', of].join('\n'))
          .digest('hex')
          .slice(0, 32),
        at: at ?? new Date(engine.clock.now()).toISOString(),
      }),
    ),
  );
