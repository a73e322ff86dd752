import type { PolicyLimits, PolicySubject } from '@causeway/contracts';
import { Document, Limits, type Policies, setRequest } from './artefact/rego.js';
import { requestOf } from './request-fields.ts';

/** Work of one evaluation, in units of the engine: some tenths of a second. Counted, not timed: the same everywhere. */
export const maxSteps = 5_000_000;

/** What the engine answers to a list of rules. */
export interface Answer {
  /** One for each rule; without a value it is undefined. */
  readonly results: readonly { readonly value?: unknown }[];
  /** Of `print`: `file:line: text`. */
  readonly prints: readonly string[];
  /** Of `trace`. */
  readonly notes: readonly string[];
}

let undefinedDocument: Document | undefined;
const nothing = (): Document => {
  undefinedDocument ??= new Document();
  return undefinedDocument;
};

/** Many policies are asked about one subject: it is read once. */
let current:
  | { readonly subject: PolicySubject; readonly object: Document; readonly request: Document }
  | undefined;

const documentsOf = (subject: PolicySubject): { readonly object: Document; readonly request: Document } => {
  if (current?.subject === subject) return current;
  current?.object.free();
  current?.request.free();
  current = undefined;
  current = {
    subject,
    object: new Document(JSON.stringify(subject.object)),
    request: new Document(JSON.stringify(requestOf(subject))),
  };
  return current;
};

/** Asks for the values of rules about a subject; `input` stands in for its object. Throws what the engine throws. */
export const ask = (
  policies: Policies,
  rules: readonly string[],
  { milliseconds, megabytes }: PolicyLimits,
  subject: PolicySubject | undefined,
  input?: unknown,
): Answer => {
  const documents = subject && documentsOf(subject);
  const own = input === undefined ? undefined : new Document(JSON.stringify(input));
  const most = new Limits(maxSteps, milliseconds, megabytes * 1024 * 1024);
  setRequest(documents?.request ?? nothing(), subject ? Date.parse(subject.request.time) : 0);
  const answer = policies.evaluate(own ?? documents?.object ?? nothing(), [...rules], most);
  own?.free();
  most.free();
  return JSON.parse(answer) as Answer;
};
