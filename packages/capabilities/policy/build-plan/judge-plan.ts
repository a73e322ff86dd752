import type { BuildPlan, PolicySubject } from '@causeway/contracts';
import {
  type Build,
  judgedPlanAnnotation,
  PlatformError,
  productionEnvironment,
  type Service,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { actorOf } from '../admission/admission-subject.ts';
import { decisionOf } from '../record/decision-of.ts';
import { refusalLines, speechOf, warningLines } from '../record/policy-denied.ts';

type Parts = Pick<Capabilities, 'engine' | 'policies'>;

const subjectOf = (
  service: Service,
  spec: Pick<Build['spec'], 'service' | 'commit' | 'requestedBy' | 'settings'>,
  plan: Partial<BuildPlan>,
  time: string,
  context: PolicySubject['request']['context'],
): PolicySubject => {
  const { name, namespace = '', labels } = service.metadata;
  return {
    object: {
      apiVersion: 'causeway.dev/v1',
      kind: 'BuildPlan',
      metadata: { name, namespace, ...(labels ? { labels } : {}) },
      spec: { ...plan, service: spec.service, commit: spec.commit, settings: spec.settings },
    },
    request: {
      operation: 'CREATE',
      place: 'build-plan',
      user: spec.requestedBy,
      actor: actorOf({ user: spec.requestedBy }),
      team: namespace,
      environment: productionEnvironment,
      time,
      ...(context ? { context } : {}),
    },
  };
};

/** Metadata of a build whose plan some policy is about. Of others nobody waits for a verdict. */
export const judgedPlan = (
  { policies }: Pick<Parts, 'policies'>,
  service: Service,
  spec: Pick<Build['spec'], 'service' | 'commit' | 'requestedBy' | 'settings'>,
): { readonly annotations?: Readonly<Record<string, string>> } =>
  policies.concerns(subjectOf(service, spec, {}, '', undefined))
    ? { annotations: { [judgedPlanAnnotation]: 'true' } }
    : {};

/** Judges a build’s plan before it runs on, and records that. Lines are what policies advise. Throws `PolicyDenied`. */
export const judgePlan = async (
  { engine, policies }: Parts,
  service: Service,
  { spec }: Build,
  plan: BuildPlan,
): Promise<{ readonly warnings: readonly string[] }> => {
  const time = new Date(engine.clock.now()).toISOString();
  const { namespace = '', name } = service.metadata;
  const subject = subjectOf(service, spec, plan, time, policies.context(namespace));
  const verdict = await policies.judgeNow(subject);
  if (verdict.decisions.length === 0) return { warnings: [] };
  await engine.decisions.append(decisionOf(subject, verdict));
  const { refused, warned } = speechOf(verdict, policies.policies());
  if (verdict.allowed) return { warnings: warningLines(warned) };
  throw new PlatformError('PolicyDenied', 'Policies do not let this be built', {
    evidence: refusalLines(refused, subject, `Service/${name}`),
    kind: 'builds',
  });
};
