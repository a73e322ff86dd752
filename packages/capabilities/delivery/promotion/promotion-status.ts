import type { Engine, NewDecision } from '@causeway/engine';
import {
  type Condition,
  isPlatformError,
  keyOf,
  type Promotion,
  PromotionKind,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

type Status = NonNullable<Promotion['status']>;
type Outcome = Pick<Status, 'waitsFor' | 'failure' | 'decision'> & { phase: NonNullable<Status['phase']> };

/** Whether it is still to be decided; a status of an earlier wish says nothing of this one. */
export const isWaiting = ({ metadata, status }: Promotion): boolean =>
  status?.observedGeneration !== metadata.generation ||
  status?.phase === undefined ||
  status.phase === 'Waiting';

const conditionOf = (
  { metadata, spec }: Promotion,
  { phase, waitsFor, failure }: Outcome,
): Omit<Condition, 'lastTransitionTime'> => ({
  type: 'Promoted',
  status: phase === 'Promoted' ? 'True' : 'False',
  reason: phase,
  message:
    phase === 'Promoted'
      ? `${spec.release} is what ${spec.environment} is to serve.`
      : (failure?.message ?? waitsFor?.map(({ message }) => message).join(' ') ?? ''),
  observedGeneration: metadata.generation,
});

/** The one write of a promotion’s status. One that was withdrawn meanwhile needs none. */
export const reportPromotion = async (
  { store, clock }: Pick<Engine, 'store' | 'clock'>,
  promotion: Promotion,
  outcome: Outcome,
  decisions: readonly NewDecision[] = [],
): Promise<void> => {
  const now = new Date(clock.now()).toISOString();
  await store
    .mutate(
      PromotionKind,
      keyOf(promotion),
      one => ({
        ...one,
        status: {
          ...outcome,
          ...(outcome.phase === 'Promoted' ? { promotedAt: now } : {}),
          observedGeneration: promotion.metadata.generation,
          conditions: withCondition(one.status?.conditions, conditionOf(promotion, outcome), now),
        },
      }),
      controllerActor('promotion', promotion.spec.requestedBy),
      { subresource: 'status', decisions },
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
