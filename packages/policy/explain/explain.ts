import type { PolicySubject } from '@causeway/contracts';
import { kindOfSubject, nameOfSubject, teamOfSubject } from '../judge/applies.ts';
import { type JudgeParts, judge } from '../judge/judge.ts';
import type { PolicyDecision } from '../judge/verdict.ts';
import { whyNotAsked } from './why-not-asked.ts';

export interface ExplainedDecision extends PolicyDecision {
  readonly title?: string;
  readonly why: string;
  readonly instead: string;
  readonly documentation?: string;
}

/** Everything there is to know about how policies see one document. */
export interface Explanation {
  readonly object: { readonly kind: string; readonly name: string; readonly team: string };
  readonly allowed: boolean;
  /** One of each policy that looked at it, with its trace. */
  readonly decisions: readonly ExplainedDecision[];
  /** The others, and why they did not. */
  readonly notAsked: readonly { readonly policy: string; readonly reason: string }[];
}

/** Judges a document and says of every policy what it said, or why it was not asked. */
export const explain = async (parts: JudgeParts, subject: PolicySubject): Promise<Explanation> => {
  const { allowed, decisions } = await judge(parts, subject, { trace: true });
  return {
    object: {
      kind: kindOfSubject(subject),
      name: nameOfSubject(subject),
      team: teamOfSubject(subject),
    },
    allowed,
    decisions: decisions.flatMap(decision => {
      const policy = parts.policies.find(({ name }) => name === decision.policy);
      if (!policy) return [];
      const { title, why, instead, documentation } = policy.spec;
      return [
        {
          ...decision,
          ...(title === undefined ? {} : { title }),
          why,
          instead,
          ...(documentation === undefined ? {} : { documentation }),
        },
      ];
    }),
    notAsked: parts.policies.flatMap(policy => {
      const reason = whyNotAsked(policy, subject);
      return reason === undefined ? [] : [{ policy: policy.name, reason }];
    }),
  };
};
