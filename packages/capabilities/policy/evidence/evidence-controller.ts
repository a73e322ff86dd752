import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type Evidence,
  EvidenceKind,
  findCondition,
  isPlatformError,
  keyOf,
  PolicyKind,
  withCondition,
} from '@causeway/model';
import { linesOf, wordsOf } from '@causeway/policy';
import { controllerActor } from '../../platform-actor.ts';
import { decisionOf } from '../record/decision-of.ts';
import type { PolicyRegistry } from '../registry/policy-registry.ts';
import { subjectsOfEvidence } from './evidence-subjects.ts';

const actor = controllerActor('evidence');
const longestMessage = 4000;

type Judging = Pick<PolicyRegistry, 'policies' | 'judgeNow' | 'context'>;

/** Says on evidence what the policies say of it. Each verdict is recorded, and the first is kept: what was handed in never changes. */
export const evidenceController = (
  engine: Pick<Engine, 'store' | 'clock' | 'decisions'>,
  registry: Judging,
): ControllerDefinition => {
  const { store, clock, decisions } = engine;
  return defineController({
    name: 'evidence',
    kind: EvidenceKind,
    concurrency: 2,
    watches: [
      {
        kind: PolicyKind,
        keys: () =>
          store.peekAll(EvidenceKind, undefined, one => one.status?.verdict === undefined).map(keyOf),
      },
    ],
    async reconcile(key) {
      const evidence = store.peek(EvidenceKind, key);
      if (!evidence || evidence.metadata.deletionTimestamp || evidence.status?.verdict) return undefined;
      const time = new Date(clock.now()).toISOString();
      const subjects = subjectsOfEvidence(store, evidence, {
        time,
        context: registry.context(key.namespace),
      });
      const judged = await Promise.all(
        subjects.map(async subject => ({ subject, verdict: await registry.judgeNow(subject) })),
      );
      const allowed = judged.every(({ verdict }) => verdict.allowed);
      const words = wordsOf(
        judged.flatMap(({ verdict }) => verdict.decisions),
        registry.policies(),
      );
      await decisions.append(...judged.map(({ subject, verdict }) => decisionOf(subject, verdict)));
      await setVerdict(engine, evidence, allowed, words.flatMap(linesOf).join('\n'));
      return undefined;
    },
  });
};

const setVerdict = async (
  { store, clock }: Pick<Engine, 'store' | 'clock'>,
  evidence: Evidence,
  allowed: boolean,
  message: string,
): Promise<void> => {
  await store
    .mutate(
      EvidenceKind,
      keyOf(evidence),
      current =>
        findCondition(current.status?.conditions, 'Judged')
          ? current
          : {
              ...current,
              status: {
                verdict: allowed ? 'allowed' : 'denied',
                conditions: withCondition(
                  current.status?.conditions,
                  {
                    type: 'Judged',
                    status: 'True',
                    reason: allowed ? 'Allowed' : 'Denied',
                    message: (message || 'No policy has anything against it.').slice(0, longestMessage),
                  },
                  new Date(clock.now()).toISOString(),
                ),
              },
            },
      actor,
      { subresource: 'status' },
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
