import type { PolicyFinding, PolicySubject } from '@causeway/contracts';
import { durationMs, type Exception, type Policy } from '@causeway/model';
import { digestOf } from '../record/digest.ts';
import { kindOfSubject, nameOfSubject, teamOfSubject } from './applies.ts';

/** Documents that deciding places make of a service; they have its name. An exception for the service covers them all. */
const ofServices = new Set(['Push', 'BuildPlan', 'ReleaseEvidence', 'SBOM', 'ScanReport']);

/** What a decision is about: all that was asked. Whoever changes it must ask again. */
export const requestDigest = ({ decision: _decision, ...asked }: Exception['spec']): string =>
  digestOf(asked);

/** When an exception ends: as it says, but no later than its policy allows from the day it was given. */
export const endOf = (
  { decision, expiresAt }: Exception['spec'],
  { longest }: Policy['spec']['exceptions'],
): number =>
  Math.min(Date.parse(expiresAt), decision ? Date.parse(decision.at) + durationMs(longest) : Infinity);

/** Whether somebody else decided on it as it is. */
export const isDecided = ({ decision, requestedBy, ...rest }: Exception['spec']): boolean =>
  decision !== undefined &&
  decision.by !== requestedBy &&
  decision.digest === requestDigest({ ...rest, ...(requestedBy === undefined ? {} : { requestedBy }) });

/** Whether an exception counts at a time: approved as it is, by somebody else, and not over. */
export const inForce = (
  { metadata, spec }: Pick<Exception, 'metadata' | 'spec'>,
  policy: Policy['spec']['exceptions'],
  at: number,
): boolean =>
  policy.allowed &&
  metadata.deletionTimestamp === undefined &&
  isDecided(spec) &&
  spec.decision?.approved === true &&
  at >= Date.parse(spec.decision.at) &&
  at < endOf(spec, policy);

const matchesName = (wanted: string, name: string): boolean =>
  wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name;

/** The exceptions among those in force that speak of a subject. */
export const exceptionsFor = (
  exceptions: readonly Exception[],
  policy: { readonly name: string; readonly spec: Policy['spec'] },
  subject: PolicySubject,
): readonly Exception[] => {
  if (exceptions.length === 0) return exceptions;
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
