import type { PolicyFinding, PolicySubject } from '@causeway/contracts';
import { durationMs, type Exception, type Policy } from '@causeway/model';
import { digestOf } from '../record/digest.ts';
import { kindOfSubject, nameOfSubject, teamOfSubject } from './applies.ts';

/** Documents that deciding places make of a service; they have its name. An exception for the service covers them all. */
const ofServices = new Set(['Push', 'BuildPlan', 'ReleaseEvidence', 'SBOM', 'ScanReport']);

/** What an approval is for: all that was asked. Whoever changes it must ask again. */
export const approvalDigest = (spec: Exception['spec']): string => digestOf(spec);

/** Whether an exception counts at a time: approved as it is, by somebody else, not over, and not longer than its policy allows. */
export const inForce = (
  { metadata, spec, status }: Pick<Exception, 'metadata' | 'spec' | 'status'>,
  policy: Policy['spec']['exceptions'],
  at: number,
): boolean => {
  const approval = status?.approval;
  if (!policy.allowed || !approval?.approved || approval.by === spec.requestedBy) return false;
  const begun = Date.parse(approval.at);
  const ends = Math.min(Date.parse(spec.expiresAt), begun + durationMs(policy.longest));
  return metadata.deletionTimestamp === undefined && approval.digest === approvalDigest(spec) && at < ends;
};

const matchesName = (wanted: string, name: string): boolean =>
  wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name;

/** The exceptions among those in force that speak of a subject. */
export const exceptionsFor = (
  exceptions: readonly Exception[],
  policy: { readonly name: string; readonly spec: Policy['spec'] },
  subject: PolicySubject,
): readonly Exception[] => {
  const [kind, name, team] = [kindOfSubject(subject), nameOfSubject(subject), teamOfSubject(subject)];
  const at = Date.parse(subject.request.time);
  return exceptions.filter(
    one =>
      one.spec.policy === policy.name &&
      one.metadata.namespace === team &&
      (one.spec.target.kind === kind || (one.spec.target.kind === 'Service' && ofServices.has(kind))) &&
      matchesName(one.spec.target.name, name) &&
      inForce(one, policy.spec.exceptions, at),
  );
};

export const coverOf = (
  exceptions: readonly Exception[],
  { rule }: Pick<PolicyFinding, 'rule'>,
): Exception | undefined => exceptions.find(({ spec }) => spec.rule === undefined || spec.rule === rule);
