import type { PolicyEngine, PolicySubject } from '@causeway/contracts';
import type { PolicyTest } from '@causeway/model';
import { whyNotAsked } from '../explain/why-not-asked.ts';
import { judge } from '../judge/judge.ts';
import type { JudgingPolicy } from '../judge/judging-policy.ts';

/** What a golden case came to. */
export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: PolicyTest['expect'];
  /** What the policy said, a line each. */
  readonly got: readonly string[];
  /** Why it failed, where expected and got do not say it. */
  readonly reason?: string;
}

/** What a case asks, with what it leaves out filled in: always the same. */
export const subjectOfCase = ({ object, old, request }: PolicyTest): PolicySubject => ({
  object,
  ...(old === undefined ? {} : { old }),
  request: {
    operation: old === undefined ? 'CREATE' : 'UPDATE',
    place: 'admission',
    user: 'ada',
    actor: 'person',
    time: '2026-01-01T00:00:00Z',
    ...request,
  } as PolicySubject['request'],
});

/** Whether each expected part can be given a message of its own that holds it, with none left over. */
export const fits = (expected: readonly string[], messages: readonly string[]): boolean => {
  if (expected.length !== messages.length) return false;
  const partOf = new Map<number, string>();
  // A part whose messages are all taken takes one from a part that can have another (Kuhn’s matching).
  const place = (part: string, looked: Set<number>): boolean =>
    messages.some((message, index) => {
      if (looked.has(index) || !message.includes(part)) return false;
      looked.add(index);
      const other = partOf.get(index);
      if (other !== undefined && !place(other, looked)) return false;
      partOf.set(index, part);
      return true;
    });
  return expected.every(part => place(part, new Set()));
};

const runCase = async (
  engine: Pick<PolicyEngine, 'evaluate'>,
  policy: JudgingPolicy,
  given: PolicyTest,
): Promise<CaseResult> => {
  const { name, expect, parameters } = given;
  const subject = subjectOfCase(given);
  const spec = parameters === undefined ? policy.spec : { ...policy.spec, parameters };
  const asked = { ...policy, spec };
  const { decisions } = await judge({ engine, policies: [asked], exceptions: [] }, subject, { drafts: true });
  const got = decisions.flatMap(({ findings }) => findings.map(({ message }) => message));
  const error = decisions.find(decision => decision.error !== undefined)?.error;
  const expected = expect === 'allow' ? [] : expect;
  const unasked =
    decisions.length === 0 && expected.length > 0
      ? whyNotAsked({ spec: { ...spec, action: 'audit' } }, subject)
      : undefined;
  const reason = error ?? (unasked && `The policy is not asked: ${unasked}.`);
  return {
    name,
    passed: error === undefined && fits(expected, got),
    expected: expect,
    got,
    ...(reason === undefined ? {} : { reason }),
  };
};

/** Runs the golden cases of a policy, in their order. */
export const runCases = async (
  engine: Pick<PolicyEngine, 'evaluate'>,
  policy: JudgingPolicy,
): Promise<CaseResult[]> => Promise.all(policy.spec.tests.map(one => runCase(engine, policy, one)));
