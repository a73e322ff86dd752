import type { Budget } from '../policy-documents/budget.ts';
import { isRecord } from '../policy-documents/read-documents.ts';
import { anchorOf } from './anchors.ts';
import { jsonText } from './metered.ts';
import { matchesScalar } from './scalar-pattern.ts';
import { hasWildcard, matchesWildcard } from './wildcard.ts';

/** How something compares with a pattern. `skip`: a condition in it does not hold, so that it says nothing. */
export type PatternResult =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'skip' | 'fail'; readonly path: string; readonly reason: string };

const pass: PatternResult = { outcome: 'pass' };
const fail = (path: string, reason: string): PatternResult => ({ outcome: 'fail', path, reason });
const skip = (path: string, reason: string): PatternResult => ({ outcome: 'skip', path, reason });

type Fields = Readonly<Record<string, unknown>>;

const shown = (value: unknown): string => {
  const text = jsonText(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

const holdsAnchor = (pattern: unknown): boolean =>
  Array.isArray(pattern)
    ? pattern.some(holdsAnchor)
    : isRecord(pattern) &&
      Object.entries(pattern).some(([key, value]) => anchorOf(key) !== undefined || holdsAnchor(value));

/** Keys of labels and annotations may have wildcards: each becomes the key that it means here. */
const expandKeys = (pattern: Fields, resource: Fields): Fields =>
  Object.fromEntries(
    Object.entries(pattern).map(([key, value]) => {
      const anchor = anchorOf(key);
      const wanted = anchor?.key ?? key;
      if (!hasWildcard(wanted)) return [key, value];
      const meant = Object.keys(resource).filter(name => matchesWildcard(wanted, name));
      const found = meant.find(name => matchesScalar(resource[name], value)) ?? meant[0] ?? wanted;
      return [anchor ? key.replace(wanted, () => found) : found, value];
    }),
  );

const expandMetadata = (pattern: Fields, resource: Fields): Fields => {
  const key = Object.keys(pattern).find(one => (anchorOf(one)?.key ?? one) === 'metadata');
  const [wanted, given] = [key && pattern[key], resource.metadata];
  if (!key || !isRecord(wanted) || !isRecord(given)) return pattern;
  const metadata = Object.fromEntries(
    Object.entries(wanted).map(([name, value]) => {
      const field = anchorOf(name)?.key ?? name;
      const texts = given[field];
      return (field === 'labels' || field === 'annotations') && isRecord(value) && isRecord(texts)
        ? [name, expandKeys(value, texts)]
        : [name, value];
    }),
  );
  return { ...pattern, [key]: metadata };
};

/** Compares a resource with a pattern, as Kyverno does: anchors first, then the fields, those that hold anchors before others. */
export const matchPattern = (given: unknown, wanted: unknown, budget: Budget): PatternResult => {
  const fieldWithAnchor = (resource: Fields, key: string, pattern: unknown, path: string): PatternResult => {
    const anchor = anchorOf(key);
    if (!anchor)
      return element(Object.hasOwn(resource, key) ? resource[key] : undefined, pattern, `${path}${key}/`);
    const here = `${path}${anchor.key}/`;
    const value = Object.hasOwn(resource, anchor.key) ? resource[anchor.key] : undefined;
    if (anchor.kind === 'negation')
      return value === undefined ? pass : fail(here, `${anchor.key} is not allowed`);
    if (value === undefined)
      return anchor.kind === 'condition' ? skip(here, `there is no ${anchor.key}`) : pass;
    if (anchor.kind === 'existence') return exists(value, pattern, here);
    const result = element(value, pattern, here);
    if (result.outcome === 'pass' || anchor.kind === 'equality') return result;
    return skip(result.path, result.reason);
  };

  /** Each of the patterns must be that of at least one item. */
  const exists = (value: unknown, pattern: unknown, path: string): PatternResult => {
    if (!Array.isArray(value) || !Array.isArray(pattern)) return fail(path, 'this must be a list');
    const missing = pattern.some(
      one => !value.some((item, index) => element(item, one, `${path}${index}/`).outcome === 'pass'),
    );
    return missing ? fail(path, 'none of the items is as one of them must be') : pass;
  };

  const fields = (resource: Fields, written: Fields, path: string): PatternResult => {
    const pattern = expandMetadata(written, resource);
    const order = (key: string): number => (anchorOf(key) ? 0 : holdsAnchor(pattern[key]) ? 1 : 2);
    for (const key of Object.keys(pattern).sort((a, b) => order(a) - order(b))) {
      const result = fieldWithAnchor(resource, key, pattern[key], path);
      if (result.outcome !== 'pass') return result;
    }
    return pass;
  };

  /** Items whose conditions do not hold say nothing; when that is so for all of them, the list says nothing either. */
  const items = (compared: readonly (readonly [unknown, unknown])[], path: string): PatternResult => {
    let skipped: PatternResult | undefined;
    let applied = 0;
    for (const [index, [item, pattern]] of compared.entries()) {
      const result = element(item, pattern, `${path}${index}/`);
      if (result.outcome === 'fail') return result;
      if (result.outcome === 'skip') skipped ??= result;
      else applied += 1;
    }
    return applied === 0 && skipped ? skipped : pass;
  };

  const list = (resource: readonly unknown[], pattern: readonly unknown[], path: string): PatternResult => {
    const [first] = pattern;
    if (pattern.length === 0) return fail(path, 'the pattern is an empty list');
    if (isRecord(first))
      return items(
        resource.map(item => [item, first]),
        path,
      );
    if (!Array.isArray(first)) return element(resource, first, path);
    if (resource.length < pattern.length) return fail(path, `there must be ${pattern.length} items`);
    return items(
      pattern.map((one, index) => [resource[index], one]),
      path,
    );
  };

  const element = (resource: unknown, pattern: unknown, path: string): PatternResult => {
    budget.step();
    if (isRecord(pattern))
      return isRecord(resource)
        ? fields(resource, pattern, path)
        : fail(path, `${shown(resource)} is no mapping`);
    if (Array.isArray(pattern))
      return Array.isArray(resource)
        ? list(resource, pattern, path)
        : fail(path, `${shown(resource)} is no list`);
    if (pattern === '*')
      return resource === undefined || resource === null ? fail(path, 'it is not set') : pass;
    const values = Array.isArray(resource) ? resource : [resource];
    const wrong = values.find(value => !matchesScalar(value, pattern));
    return values.every(value => matchesScalar(value, pattern))
      ? pass
      : fail(path, `${shown(wrong)} is not ${shown(pattern)}`);
  };

  return element(given, wanted, '/');
};
