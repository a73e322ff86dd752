import { isRecord, textOf } from './read-documents.ts';

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** A Kubernetes label selector, or in words what is wrong with it. */
export const readLabelSelector = (given: unknown): LabelSelector | string => {
  if (!isRecord(given)) return 'a selector must be a mapping';
  const unknown = Object.keys(given).find(key => key !== 'matchLabels' && key !== 'matchExpressions');
  if (unknown) return `a selector has no field ${unknown}`;
  const labels = given.matchLabels ?? {};
  if (!isRecord(labels)) return 'matchLabels must be a mapping';
  const expressions = given.matchExpressions ?? [];
  if (!Array.isArray(expressions)) return 'matchExpressions must be a list';
  const read: LabelSelector['matchExpressions'][number][] = [];
  for (const one of expressions as readonly unknown[]) {
    if (!isRecord(one) || typeof one.key !== 'string') return 'each of matchExpressions needs a key';
    const operator = operators.find(name => name === one.operator);
    if (!operator) return `the operator of a label is one of ${operators.join(', ')}`;
    const values = (Array.isArray(one.values) ? one.values : []).map(String);
    if (operator.endsWith('In') && values.length === 0) return `${operator} needs values`;
    read.push({ key: one.key, operator, values });
  }
  return {
    matchLabels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, textOf(value)])),
    matchExpressions: read,
  };
};

export type MatchesText = (pattern: string, value: string) => boolean;
const same: MatchesText = (pattern, value) => pattern === value;

/** Whether labels are selected. Kyverno lets keys and values of `matchLabels` have wildcards, so how to compare is given. */
export const selects = (
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
  matches: MatchesText = same,
): boolean =>
  Object.entries(matchLabels).every(([key, value]) =>
    Object.entries(labels).some(([name, one]) => matches(key, name) && matches(value, one)),
  ) &&
  matchExpressions.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  });
