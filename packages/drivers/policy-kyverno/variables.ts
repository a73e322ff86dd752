import { isRecord } from '../policy-documents/read-documents.ts';
import { searchJmesPath } from './expressions.ts';
import { hold, jsonText } from './metered.ts';
import { parseTemplate, type Template } from './template.ts';

/** A variable that the documents at hand do not have. */
export class NotResolved extends Error {}

/** What a variable without a value stands for: nothing (in conditions), or an error. */
export type Missing = 'empty' | 'error';

const templates = new Map<string, Template>();
const maxKept = 5000;

const templateOf = (text: string): Template => {
  const before = templates.get(text);
  if (before) return before;
  const made = parseTemplate(text);
  if (templates.size >= maxKept) templates.clear();
  templates.set(text, made);
  return made;
};

/** What a document says must not become part of an expression: it would decide what is asked. */
const unsafe = /['"`\\{}[\]()|&]/;

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : (jsonText(value) ?? '');

const evaluate = (expression: Template, data: unknown, missing: Missing): unknown => {
  const text = expression
    .map(part => {
      if (typeof part === 'string') return part;
      const inner = asText(evaluate(part.expression, data, missing));
      if (unsafe.test(inner))
        throw new Error(`the value of ${part.source} cannot stand within an expression`);
      return inner;
    })
    .join('')
    .trim();
  const value = searchJmesPath(text, data) ?? null;
  if (value !== null) return value;
  if (missing === 'empty') return '';
  // What gives an answer for a missing value says itself that it may be missing.
  if (/\|\||\bnull\b|\[|\(/.test(text)) return null;
  throw new NotResolved(`the variable ${text} has no value`);
};

const substituteText = (text: string, data: unknown, missing: Missing): unknown => {
  if (!text.includes('{{')) return text;
  const template = templateOf(text);
  const [only] = template;
  if (template.length === 1 && only !== undefined && typeof only !== 'string')
    return evaluate(only.expression, data, missing);
  const parts = template.map(part =>
    typeof part === 'string' ? part : asText(evaluate(part.expression, data, missing)),
  );
  hold(parts.reduce((sum, { length }) => sum + length, 0));
  return parts.join('');
};

/** A value of a policy with its variables replaced. What they bring in is taken as it is: it may hold no variables. */
export const substitute = (value: unknown, data: unknown, missing: Missing = 'error'): unknown => {
  if (typeof value === 'string') return substituteText(value, data, missing);
  if (Array.isArray(value)) return value.map(one => substitute(one, data, missing));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.includes('{{') ? asText(substituteText(key, data, missing)) : key,
      substitute(one, data, missing),
    ]),
  );
};

/** Every expression of a value that can be read before anything is known: those without others in them. */
export const expressionsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return [];
    return templateOf(value).flatMap(part => {
      if (typeof part === 'string') return [];
      const [only, ...more] = part.expression;
      return typeof only === 'string' && more.length === 0 ? [only.trim()] : [];
    });
  }
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  return isRecord(value) ? [...Object.keys(value), ...Object.values(value)].flatMap(expressionsIn) : [];
};
