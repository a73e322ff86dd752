import type { PolicyLimits, PolicySubject } from '@causeway/contracts';
import { textsOf } from '../policy-documents/subject-texts.ts';
import { Document, Limits, type Policies, type Rules, setRequest } from './artefact/rego.js';
import { NotUnderstood } from './read-findings.ts';
import { requestOf } from './request-fields.ts';

/** Work of one evaluation, in units of the engine: some tenths of a second. Counted, not timed: the same everywhere. */
export const maxSteps = 5_000_000;

/** What the engine answers to a list of rules. */
export interface Answer {
  /** One for each rule; without a value it is undefined. Empty when none has found anything. */
  readonly results: readonly { readonly value?: unknown }[];
  /** Of `print`: `file:line: text`. */
  readonly prints: readonly string[];
  /** Of `trace`. */
  readonly notes: readonly string[];
}

const nothing: Answer = { results: [], prints: [], notes: [] };

/** Has the engine read JSON. Throws `NotUnderstood` for what it does not: its parser goes 127 levels deep. */
const read = (json: string, into: (json: Buffer) => void): void => {
  try {
    into(Buffer.from(json));
  } catch (error) {
    if (!/recursion limit/.test(String(error))) throw error;
    throw new NotUnderstood('the document is nested more than 127 levels deep');
  }
};

/** The document of the subject that was asked about last. It is made once: to make and to free it costs, too. */
let current: { subject?: PolicySubject | undefined; readonly object: Document } | undefined;

/** The object of a subject. Many policies are asked about one: it is read once, as far as they look at it. */
const objectOf = (subject: PolicySubject | undefined, policies: Policies): Document => {
  if (!subject) {
    if (current) current.subject = undefined;
    setRequest(Buffer.from('{}'), 0);
    return new Document();
  }
  current ??= { object: new Document() };
  const { object } = current;
  if (current.subject !== subject) {
    current.subject = undefined;
    const texts = textsOf(subject);
    read(requestOf(texts), json => setRequest(json, Date.parse(subject.request.time)));
    read(texts.object, json => object.read(json, policies));
    current.subject = subject;
  }
  return object;
};

let most: { readonly milliseconds: number; readonly megabytes: number; readonly limits: Limits } | undefined;

/** The same for each question, as a rule: what is made in the engine and freed again costs as much as a small question. */
const limitsOf = (milliseconds: number, megabytes: number): Limits => {
  if (most?.milliseconds === milliseconds && most.megabytes === megabytes) return most.limits;
  most?.limits.free();
  most = undefined;
  const limits = new Limits(maxSteps, milliseconds, megabytes * 1024 * 1024);
  most = { milliseconds, megabytes, limits };
  return limits;
};

/** Asks for the values of rules about a subject; `input` stands in for its object. Throws what the engine throws. */
export const ask = (
  policies: Policies,
  rules: Rules,
  { milliseconds, megabytes }: PolicyLimits,
  subject: PolicySubject | undefined,
  input?: unknown,
): Answer => {
  const object = objectOf(subject, policies);
  const own = input === undefined ? undefined : new Document();
  if (own) read(JSON.stringify(input), json => own.read(json, policies));
  const answer = policies.evaluate(own ?? object, rules, limitsOf(milliseconds, megabytes));
  own?.free();
  return answer === undefined ? nothing : (JSON.parse(answer) as Answer);
};
