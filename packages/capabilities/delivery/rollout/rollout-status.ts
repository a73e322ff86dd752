import type { Engine } from '@causeway/engine';
import {
  type Condition,
  type FailureReport,
  keyOf,
  type Rollout,
  RolloutKind,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

type Status = NonNullable<Rollout['status']>;

export interface Progress {
  readonly phase: NonNullable<Status['phase']>;
  /** One sentence for the condition Ready: what serves, or what is waited for. */
  readonly message: string;
  readonly reason: string;
  readonly ready: boolean;
  /** `null` clears a field, absent leaves it. */
  readonly target?: Status['target'] | null;
  readonly serving?: Status['serving'];
  readonly failed?: Status['failed'] | null;
  readonly readyReplicas: number;
}

/** The one write of a rollout’s status in a pass. */
export const reportProgress = async (
  { store, clock }: Engine,
  rollout: Rollout,
  progress: Progress,
): Promise<void> => {
  const now = new Date(clock.now()).toISOString();
  const ready: Omit<Condition, 'lastTransitionTime'> = {
    type: 'Ready',
    status: progress.ready ? 'True' : 'False',
    reason: progress.reason,
    message: progress.message,
    observedGeneration: rollout.metadata.generation,
  };
  await store.mutate(
    RolloutKind,
    keyOf(rollout),
    one => {
      const status: Status = {
        ...one.status,
        phase: progress.phase,
        readyReplicas: progress.readyReplicas,
        conditions: withCondition(one.status?.conditions, ready, now),
      };
      if (progress.target === null) delete status.target;
      else if (progress.target) status.target = progress.target;
      if (progress.failed === null) delete status.failed;
      else if (progress.failed) status.failed = progress.failed;
      if (progress.serving) status.serving = progress.serving;
      return { ...one, status };
    },
    controllerActor('rollout'),
    { subresource: 'status' },
  );
};

export const failureMessage = (release: string, failure: FailureReport): string =>
  `${release} does not serve: ${failure.message}`;
