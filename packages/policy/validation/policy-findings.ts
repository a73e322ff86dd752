import { type FieldPath, isFields } from '@causeway/model';
import type { FileDocument } from '../files/documents.ts';
import type { JudgingPolicy } from '../judge/judging-policy.ts';
import type { PolicyDecision, Verdict } from '../judge/verdict.ts';
import { pathOf } from './check-object.ts';
import { type Finding, type FindingLevel, objectName, placeOf } from './finding.ts';

const fieldNames = ['field', 'path'] as const;
const fieldsInText = /\b[A-Za-z]\w*(?:\.[A-Za-z][\w-]*|\[\d+\])+/g;
/** Objects that are looked into for a field. */
const mostObjects = 2000;

const exists = (value: unknown, path: FieldPath): boolean => {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return false;
    found = (found as Record<string | number, unknown>)[part];
  }
  return true;
};

/** Where a path leads that begins somewhere in a document, such as `containers[0].image`: the place closest to the top. */
const locate = (document: unknown, path: FieldPath): FieldPath | undefined => {
  const queue: { readonly value: unknown; readonly at: FieldPath }[] = [{ value: document, at: [] }];
  for (const { value, at } of queue) {
    if (exists(value, path)) return [...at, ...path];
    if (typeof value !== 'object' || value === null || queue.length > mostObjects) continue;
    for (const [name, inner] of Object.entries(value))
      if (typeof inner === 'object' && inner !== null)
        queue.push({ value: inner, at: [...at, Array.isArray(value) ? Number(name) : name] });
  }
  return undefined;
};

/** As `locate`, or as far down as the document goes. */
const nearest = (document: unknown, path: FieldPath): FieldPath | undefined => {
  for (let length = path.length; length > 1; length--) {
    const found = locate(document, path.slice(0, length));
    if (found) return found;
  }
  return undefined;
};

/** The field that a finding speaks of: as its details say, else the first that its message names; else the object’s name. */
const fieldOf = (value: unknown, message: string, details: unknown): FieldPath => {
  const said = isFields(details)
    ? fieldNames.map(name => details[name]).find(one => typeof one === 'string')
    : undefined;
  if (typeof said === 'string') return pathOf(said);
  for (const [text] of message.matchAll(fieldsInText)) {
    const found = nearest(value, pathOf(text));
    if (found) return found;
  }
  return exists(value, ['metadata', 'name']) ? ['metadata', 'name'] : [];
};

/** How loudly a decision speaks: only `deny` refuses, and what is audited is reported and no more. */
const levelOf = (action: JudgingPolicy['spec']['action'], says: 'deny' | 'warn'): FindingLevel => {
  if (action === 'deny') return says === 'deny' ? 'error' : 'warning';
  return action === 'warn' ? 'warning' : 'note';
};

const decisionFindings = (
  document: FileDocument,
  decision: PolicyDecision,
  { spec }: JudgingPolicy,
): Finding[] => {
  const about = {
    file: document.file,
    object: objectName(document.value),
    why: spec.why,
    instead: spec.instead,
    ...(spec.documentation ? { documentation: spec.documentation } : {}),
  };
  if (decision.error !== undefined)
    return [
      {
        ...about,
        ...placeOf(document, fieldOf(document.value, '', undefined)),
        level: levelOf(decision.action, spec.onError === 'deny' ? 'deny' : 'warn'),
        rule: decision.policy,
        message: `It could not be evaluated: ${decision.error}`,
        instead: 'Tell the policy’s owner: what it cannot judge it does not let through.',
      },
    ];
  return decision.findings.map(({ rule, level, message, details, exception }) => ({
    ...about,
    ...placeOf(document, fieldOf(document.value, message, details)),
    level: exception === undefined ? levelOf(decision.action, level) : 'note',
    rule: `${decision.policy}/${rule}`,
    message,
    ...(exception === undefined ? {} : { exception }),
  }));
};

/** What policies have to say of a document, in the order of their names. */
export const policyFindings = (
  document: FileDocument,
  { decisions }: Verdict,
  policies: readonly JudgingPolicy[],
): Finding[] =>
  decisions.flatMap(decision => {
    const policy = policies.find(({ name }) => name === decision.policy);
    return policy ? decisionFindings(document, decision, policy) : [];
  });
