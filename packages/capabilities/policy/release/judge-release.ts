import type { NewDecision } from '@causeway/engine';
import { type Build, PlatformError } from '@causeway/model';
import type { Verdict } from '@causeway/policy';
import type { Capabilities } from '../../settings.ts';
import { decisionOf } from '../record/decision-of.ts';
import { type PolicySpeech, refusalLines, speechOf, warningLines } from '../record/policy-denied.ts';
import { type ReleaseCandidate, releaseEvidence } from './release-evidence.ts';

/** What policies said of a release, as its build keeps it for who follows. */
export type ReleaseVerdict = NonNullable<NonNullable<Build['status']>['policy']>;

export interface JudgedRelease {
  readonly decision: NewDecision;
  readonly verdict: ReleaseVerdict;
  /** Why it does not serve there, in the words of the policies. */
  readonly refusal: PlatformError | undefined;
}

/** How many policies a verdict rests on, and what of it people should hear. */
export const verdictOf = (
  { id }: Pick<NewDecision, 'id'>,
  { decisions }: Verdict,
  { warned }: PolicySpeech,
): ReleaseVerdict => ({
  decision: id,
  passed: decisions.filter(({ result }) => result === 'pass').length,
  excepted: decisions.filter(({ result }) => result === 'skip').length,
  warnings: [...warningLines(warned)],
});

/** Judges what is about to serve in an environment. Nothing is recorded yet: that belongs into the commit of what follows from it. */
export const judgeRelease = async (
  { engine: { store, chance }, policies }: Pick<Capabilities, 'engine' | 'policies'>,
  candidate: ReleaseCandidate,
): Promise<JudgedRelease> => {
  const subject = releaseEvidence(store, candidate);
  const judged = await policies.judgeNow(subject);
  const decision = decisionOf(subject, judged, chance.uuid());
  const speech = speechOf(judged, policies.policies());
  const service = candidate.service.metadata.name;
  return {
    decision,
    verdict: verdictOf(decision, judged, speech),
    refusal: judged.allowed
      ? undefined
      : new PlatformError(
          'PolicyDenied',
          `Policies do not let ${candidate.name} reach ${candidate.environment}`,
          {
            evidence: refusalLines(speech.refused, subject, `Service/${service}`),
            causes: speech.refused.flatMap(({ policy, messages }) =>
              messages.map(message => ({ reason: 'PolicyDenied', field: policy, message })),
            ),
            kind: 'releases',
            name: candidate.name,
          },
        ),
  };
};
