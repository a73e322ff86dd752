import { randomUUID } from 'node:crypto';
import type { PolicySubject } from '@causeway/contracts';
import type { DecisionInput, NewDecision, RecordedDecision } from '@causeway/engine';
import {
  canonicalJson,
  digestOf,
  kindOfSubject,
  nameOfSubject,
  redact,
  teamOfSubject,
  type Verdict,
} from '@causeway/policy';

const keep = (value: unknown): DecisionInput => {
  const { value: shown, redacted } = redact(value);
  return { digest: digestOf(shown), data: canonicalJson(shown), redacted };
};

const contexts = new WeakMap<object, DecisionInput>();

/** The same context is judged by again and again: it is looked at once. */
const keepContext = (context: object): DecisionInput => {
  const known = contexts.get(context) ?? keep(context);
  contexts.set(context, known);
  return known;
};

/** A judgement as it is recorded. What was judged is kept without its secrets, and apart from the time: equal inputs are one. */
export const decisionOf = (
  subject: PolicySubject,
  { allowed, decisions }: Verdict,
  id: string = randomUUID(),
): NewDecision => {
  const { object, old, request } = subject;
  const { time, context, ...asked } = request;
  const input = keep({ object, ...(old ? { old } : {}), request: asked });
  const known = context ? keepContext(context) : undefined;
  const results = decisions.map(({ policy, version, action, result, findings, error, microseconds }) => ({
    policy,
    version,
    action,
    result,
    findings: findings.map(({ rule, level, message, exception }) => ({
      rule,
      level,
      message,
      ...(exception ? { exception } : {}),
    })),
    ...(error ? { error } : {}),
    microseconds,
  }));
  return {
    id,
    at: time,
    place: request.place,
    team: teamOfSubject(subject),
    kind: kindOfSubject(subject),
    name: nameOfSubject(subject),
    operation: request.operation,
    actor: request.user,
    allowed,
    input: input.digest,
    ...(known ? { context: known.digest } : {}),
    results: redact(results).value as NewDecision['results'],
    inputs: [input, ...(known ? [known] : [])],
  };
};

/** What was judged then, to be judged again; `undefined` when it is not kept. */
export const subjectOfDecision = ({
  at,
  input,
  context,
  inputs = [],
}: RecordedDecision): { readonly subject: PolicySubject; readonly redacted: boolean } | undefined => {
  const judged = inputs.find(({ digest }) => digest === input);
  if (!judged) return undefined;
  const known = inputs.find(({ digest }) => digest === context);
  const { request, ...documents } = JSON.parse(judged.data) as PolicySubject;
  return {
    subject: {
      ...documents,
      request: { ...request, time: at, ...(known ? { context: JSON.parse(known.data) } : {}) },
    },
    redacted: judged.redacted,
  };
};
