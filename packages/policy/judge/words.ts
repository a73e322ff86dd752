import type { JudgingPolicy } from './judging-policy.ts';
import type { PolicyDecision } from './verdict.ts';

/** What a policy has against something, for whoever did it: what, why, what instead, and where to read more. */
export interface PolicyWords {
  readonly policy: string;
  readonly severity: string;
  /** A line for each thing that it found. */
  readonly messages: readonly string[];
  readonly why: string;
  readonly instead: string;
  readonly documentation?: string;
  /** Whether it stands in the way, or only says so. */
  readonly refused: boolean;
  /** Whether one may ask to be excepted. */
  readonly exceptable: boolean;
}

/** The words of each decision that somebody should hear; what only is audited is not among them. */
export const wordsOf = (
  decisions: readonly PolicyDecision[],
  policies: readonly JudgingPolicy[],
): readonly PolicyWords[] =>
  decisions.flatMap(decision => {
    const policy = policies.find(({ name }) => name === decision.policy);
    if (!policy || (decision.action !== 'warn' && decision.action !== 'deny')) return [];
    const { result, error, findings } = decision;
    if (result === 'pass' || result === 'skip') return [];
    const { why, instead, documentation, onError, exceptions } = policy.spec;
    const messages = [
      ...findings.filter(({ exception }) => exception === undefined).map(({ message }) => message),
      ...(error ? [`could not be evaluated: ${error}`] : []),
    ];
    return [
      {
        policy: decision.policy,
        severity: decision.severity,
        messages,
        why,
        instead,
        ...(documentation ? { documentation } : {}),
        refused:
          decision.action === 'deny' && (result === 'fail' || (result === 'error' && onError === 'deny')),
        exceptable: exceptions.allowed,
      },
    ];
  });

/** Lines of text for a terminal or an error, without colour. */
export const linesOf = ({
  policy,
  messages,
  why,
  instead,
  documentation,
  refused,
}: PolicyWords): readonly string[] => [
  ...messages.map(message => `${refused ? '✘' : '!'} ${policy}: ${message}`),
  `  Why: ${why}`,
  `  Instead: ${instead}`,
  ...(documentation ? [`  More: ${documentation}`] : []),
];
