import type { PolicyFinding } from '@causeway/contracts';
import { isRecord } from '../policy-documents/read-documents.ts';

/** What a rule says is neither a message nor an object with one. */
export class NotUnderstood extends Error {}

const ofOne = (value: unknown, path: string): Pick<PolicyFinding, 'message' | 'details'> => {
  if (typeof value === 'string') return { message: value };
  const { msg, details, ...others } = isRecord(value) ? value : {};
  if (typeof msg !== 'string')
    throw new NotUnderstood(
      `${path} says ${JSON.stringify(value).slice(0, 200)}: neither a text nor an object with a text in msg`,
    );
  if (details !== undefined) return { message: msg, details };
  return Object.keys(others).length === 0 ? { message: msg } : { message: msg, details: others };
};

/**
 * What a rule’s value says: each member of a set is a finding; a text or an object with `msg` is one; `true` is one
 * without words of its own; `false`, as undefined, is none. What cannot be understood throws, since it must not pass.
 */
export const readFindings = (
  value: unknown,
  {
    rule,
    level,
    path,
  }: { readonly rule: string; readonly level: PolicyFinding['level']; readonly path: string },
): PolicyFinding[] => {
  if (value === undefined || value === false) return [];
  if (value === true) return [{ rule, level, message: `${path} is true` }];
  return (Array.isArray(value) ? value : [value]).map(one => ({ rule, level, ...ofOne(one, path) }));
};
