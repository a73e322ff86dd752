import { type KindDefinition, type KindObject, PlatformError } from '@causeway/model';
import { valueAt } from './plain.ts';
import type { ListOptions } from './store.ts';

export type Matches = (object: KindObject) => boolean;

const labelKey = /^(?:[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export const isLabelKey = (text: string): boolean => labelKey.test(text);
export const isLabelValue = (text: string): boolean => labelValue.test(text);

const malformed = (what: string, text: string): PlatformError =>
  new PlatformError('BadRequest', `${what} '${text.slice(0, 100)}' cannot be read`, {
    next: 'Write requirements such as app=web,tier!=test,env in (a,b),!old.',
  });

/** Splits at commas that are not within parentheses. */
const requirements = (text: string): string[] =>
  text.match(/(?:[^,(]|\([^)]*\))+/g)?.map(part => part.trim()) ?? [];

const parseLabelRequirement = (text: string, whole: string): Matches => {
  const check = (key: string, ...values: string[]) => {
    if (!isLabelKey(key) || !values.every(isLabelValue)) throw malformed('label selector', whole);
  };
  const of = (object: KindObject, key: string): string | undefined =>
    object.metadata.labels && Object.hasOwn(object.metadata.labels, key)
      ? object.metadata.labels[key]
      : undefined;

  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    check(key, ...values);
    return operator === 'in'
      ? object => values.includes(of(object, key) ?? '\0')
      : object => !values.includes(of(object, key) ?? '\0');
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    check(key, value);
    return operator === '!=' ? object => of(object, key) !== value : object => of(object, key) === value;
  }
  const absent = text.startsWith('!');
  const key = absent ? text.slice(1).trim() : text;
  check(key);
  return object => (of(object, key) === undefined) === absent;
};

const parseFieldRequirement = (kind: KindDefinition, text: string, whole: string): Matches => {
  const [, path = '', operator, value = ''] = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(text) ?? [];
  if (operator === undefined) throw malformed('field selector', whole);
  const known = ['metadata.name', 'metadata.namespace', ...kind.selectableFields];
  if (!known.includes(path))
    throw new PlatformError('BadRequest', `field label not supported: ${path.slice(0, 100)}`, {
      next: `Select ${kind.plural} by ${known.join(', ')}.`,
    });
  return object => (String(valueAt(object, path) ?? '') === value) === (operator !== '!=');
};

/** What a list or watch asks for, as one predicate; `undefined` when everything matches. */
export const parseSelectors = (
  kind: KindDefinition,
  options: Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'>,
): Matches | undefined => {
  const { namespace, namespaces, labelSelector, fieldSelector } = options;
  const parts: Matches[] = [];
  if (namespace) parts.push(object => object.metadata.namespace === namespace);
  if (namespaces) {
    const place = kind.scope === 'Cluster' ? 'name' : 'namespace';
    parts.push(object => namespaces.has(object.metadata[place] ?? ''));
  }
  for (const text of requirements(labelSelector ?? ''))
    parts.push(parseLabelRequirement(text, labelSelector ?? ''));
  for (const text of (fieldSelector ?? '').split(',').filter(Boolean))
    parts.push(parseFieldRequirement(kind, text.trim(), fieldSelector ?? ''));
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : object => parts.every(matches => matches(object));
};
