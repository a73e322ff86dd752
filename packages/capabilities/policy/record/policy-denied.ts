import type { PolicySubject } from '@causeway/contracts';
import { type ErrorCause, PlatformError } from '@causeway/model';
import {
  type JudgingPolicy,
  kindOfSubject,
  linesOf,
  nameOfSubject,
  type PolicyWords,
  teamOfSubject,
  type Verdict,
  wordsOf,
} from '@causeway/policy';

/** What policies have to say to whoever wants something. */
export interface PolicySpeech {
  readonly refused: readonly PolicyWords[];
  readonly warned: readonly PolicyWords[];
}

export const speechOf = ({ decisions }: Verdict, policies: readonly JudgingPolicy[]): PolicySpeech => {
  const words = wordsOf(decisions, policies);
  return { refused: words.filter(one => one.refused), warned: words.filter(one => !one.refused) };
};

/** How to ask for leave, where the policy knows any. A service’s exception covers all that becomes of it. */
const exceptionLine = ({ policy, exceptable }: PolicyWords, target: string, team: string): string[] =>
  exceptable && team !== ''
    ? [`  Exception: platform exception request ${policy} ${target} --team ${team}`]
    : [];

/** Lines for who is refused: what, why, what instead, how to be excepted. */
export const refusalLines = (
  refused: readonly PolicyWords[],
  subject: PolicySubject,
  target: string = `${kindOfSubject(subject)}/${nameOfSubject(subject)}`,
): readonly string[] =>
  refused.flatMap(words => [...linesOf(words), ...exceptionLine(words, target, teamOfSubject(subject))]);

/** A line for each thing that a policy only warns of. */
export const warningLines = (warned: readonly PolicyWords[]): readonly string[] =>
  warned.flatMap(({ policy, messages, instead }) =>
    messages.map(message => `policy ${policy}: ${message} (${instead})`),
  );

const causesOf = (refused: readonly PolicyWords[]): ErrorCause[] =>
  refused.flatMap(({ policy, messages }) =>
    messages.map(message => ({ reason: 'PolicyDenied', field: policy, message })),
  );

/** The refusal of an object, in the words of the policies that refuse it. */
export const policyDenied = (
  subject: PolicySubject,
  refused: readonly PolicyWords[],
  resource: { readonly kind: string; readonly name: string },
): PlatformError =>
  new PlatformError(
    'PolicyDenied',
    [`${resource.kind} "${resource.name}" is refused by policy:`, ...refusalLines(refused, subject)].join(
      '\n',
    ),
    { causes: causesOf(refused), kind: resource.kind, name: resource.name },
  );
