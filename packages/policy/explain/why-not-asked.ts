import type { PolicySubject } from '@causeway/contracts';
import type { PolicyMatch } from '@causeway/model';
import { applies, kindOfSubject, teamOfSubject } from '../judge/applies.ts';
import type { JudgingPolicy } from '../judge/judging-policy.ts';

const list = (names: readonly string[]): string => names.join(', ');

/** What each part of a match says against a subject. */
const objections = (match: PolicyMatch, subject: PolicySubject): readonly (string | false)[] => {
  const { operation, environment } = subject.request;
  const only = (part: Partial<PolicyMatch>): boolean =>
    !applies({ kinds: ['*'], operations: [operation], ...part }, subject);
  return [
    only({ kinds: match.kinds }) &&
      `it is about ${list(match.kinds)}, not ${kindOfSubject(subject) || 'this'}`,
    !match.operations.includes(operation) && `it is about ${list(match.operations)}, not ${operation}`,
    only({ teams: match.teams }) && `it is about the teams ${list(match.teams ?? [])}`,
    only({ exceptTeams: match.exceptTeams }) && `it is not about the team ${teamOfSubject(subject)}`,
    only({ environments: match.environments }) &&
      `it is about ${list(match.environments ?? [])}, ${environment === undefined ? 'and no environment was named' : `not ${environment}`}`,
    only({ labels: match.labels }) &&
      `it is about what has the labels ${list(Object.entries(match.labels ?? {}).map(pair => pair.join('=')))}`,
  ];
};

/** Why a policy is not asked about a subject, for people; `undefined` where it is. */
export const whyNotAsked = (
  { spec }: Pick<JudgingPolicy, 'spec'>,
  subject: PolicySubject,
): string | undefined => {
  const found = objections(spec.match, subject).filter(one => one !== false);
  if (found.length > 0) return found.join('; ');
  return spec.action === 'draft' ? 'it is a draft, which only tests ask' : undefined;
};
