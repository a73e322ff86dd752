import { isDeepStrictEqual } from 'node:util';
import type { Engine } from '@causeway/engine';
import {
  type AppliedDocument,
  type Condition,
  keyOf,
  type Source,
  SourceKind,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

export interface SourceReport {
  readonly ready: Pick<Condition, 'status' | 'reason' | 'message'>;
  /** Absent: what was known stays. */
  readonly applied?: {
    readonly commit: string;
    readonly by: string;
    readonly documents: readonly AppliedDocument[];
  };
}

const longest = 1000;

/** One sentence for how the objects are that the files say. */
export const readyOf = (commit: string, documents: readonly AppliedDocument[]): SourceReport['ready'] => {
  const first = (state: AppliedDocument['state']) => documents.filter(one => one.state === state);
  const [refused, drifted] = [first('Refused'), first('Drifted')];
  const others = (count: number): string =>
    count > 1 ? ` And ${count - 1} more: see status.documents.` : '';
  const told = ([one]: readonly AppliedDocument[], count: number): string =>
    `${one?.kind}/${one?.name} (${one?.path}): ${one?.message}${others(count)}`.slice(0, longest);
  if (refused.length > 0)
    return { status: 'False', reason: 'Refused', message: told(refused, refused.length) };
  if (drifted.length > 0)
    return { status: 'False', reason: 'Drifted', message: told(drifted, drifted.length) };
  const objects = documents.length === 1 ? '1 object is' : `${documents.length} objects are`;
  return {
    status: 'True',
    reason: 'Applied',
    message:
      documents.length === 0
        ? `The files of ${commit.slice(0, 10)} say nothing.`
        : `${objects} as the files of ${commit.slice(0, 10)} say.`,
  };
};

export const reportSource = async (engine: Engine, source: Source, report: SourceReport): Promise<void> => {
  const now = new Date(engine.clock.now()).toISOString();
  const { ready, applied } = report;
  const next = (status: Source['status']): NonNullable<Source['status']> => ({
    ...status,
    ...(applied
      ? {
          commit: applied.commit,
          by: applied.by,
          documents: [...applied.documents],
          appliedAt: status?.commit === applied.commit ? (status.appliedAt ?? now) : now,
        }
      : {}),
    conditions: withCondition(
      status?.conditions,
      { type: 'Ready', ...ready, observedGeneration: source.metadata.generation },
      now,
    ),
  });
  if (isDeepStrictEqual(next(source.status), source.status)) return;
  await engine.store.mutate(
    SourceKind,
    keyOf(source),
    one => ({ ...one, status: next(one.status) }),
    controllerActor('source'),
    { subresource: 'status' },
  );
};
