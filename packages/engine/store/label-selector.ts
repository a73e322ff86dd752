import { isLabelKey, isLabelValue, type KindObject, PlatformError } from '@causeway/model';

/** One requirement of a label selector. All of a selector's must hold. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan';
  /** For In and NotIn one or more (`in ()` is the empty value), for the comparisons one whole number, else none. */
  readonly values: readonly string[];
}

/** Longest first: at each place the longest token counts. */
const tokens = /[ \t\r\n]+|==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+/g;
const special = /^(?:==|!=|[=!(),<>])$/;

const operators: Readonly<Record<string, LabelRequirement['operator']>> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'GreaterThan',
  '<': 'LessThan',
};

const wholeNumber = /^[+-]?\d{1,19}$/;

/**
 * Reads a label selector, `app=web,tier!=test,env in (a,b),!old,size>3`, by the grammar of Kubernetes
 * (k8s.io/apimachinery/pkg/labels). Nothing, or only spaces, is no requirement; whatever does not follow the grammar to its
 * end is a `BadRequest`, because a requirement that was passed over would select more than was asked for.
 */
export const parseLabelSelector = (text: string): LabelRequirement[] => {
  const stream = (text.match(tokens) ?? []).filter(token => !/^[ \t\r\n]/.test(token));
  let at = 0;
  const refuse = (what: string): PlatformError =>
    new PlatformError(
      'BadRequest',
      `unable to parse requirement: ${what} in the label selector '${text.slice(0, 100)}'`,
      { next: 'Write requirements such as app=web,tier!=test,env in (a,b),!old.' },
    );
  const found = (expected: string): PlatformError =>
    refuse(`found '${(stream[at] ?? '').slice(0, 80)}', expected: ${expected}`);
  const isWord = (): boolean => at < stream.length && !special.test(stream[at] ?? '');
  const isEnd = (): boolean => at >= stream.length || stream[at] === ',';
  const value = (): string => {
    // A value may be empty: then the next token is already what follows it.
    const word = isWord() ? (stream[at++] ?? '') : '';
    if (!isLabelValue(word)) throw refuse(`'${word.slice(0, 80)}' is not a label value`);
    return word;
  };
  const valueList = (): string[] => {
    if (stream[at] !== '(') throw found("'('");
    at += 1;
    const values = [value()];
    while (stream[at] === ',') {
      at += 1;
      values.push(value());
    }
    if (stream[at] !== ')') throw found("')'");
    at += 1;
    return [...new Set(values)];
  };
  const requirement = (): LabelRequirement => {
    const absent = stream[at] === '!';
    if (absent) at += 1;
    if (!isWord()) throw found('identifier');
    const key = stream[at++] ?? '';
    if (!isLabelKey(key)) throw refuse(`'${key.slice(0, 80)}' is not a label key`);
    if (absent || isEnd()) return { key, operator: absent ? 'DoesNotExist' : 'Exists', values: [] };
    const sign = stream[at] ?? '';
    const operator = Object.hasOwn(operators, sign) ? operators[sign] : undefined;
    if (operator === undefined) throw found('in, notin, =, ==, !=, <, >');
    at += 1;
    if (sign === 'in' || sign === 'notin') return { key, operator, values: valueList() };
    const given = value();
    if ((sign === '<' || sign === '>') && !wholeNumber.test(given))
      throw refuse(`'${given.slice(0, 80)}' is not a whole number`);
    return { key, operator, values: [given] };
  };

  const requirements: LabelRequirement[] = [];
  if (stream.length === 0) return requirements;
  for (;;) {
    requirements.push(requirement());
    if (at >= stream.length) return requirements;
    if (stream[at] !== ',') throw found("',' or 'end of string'");
    at += 1;
  }
};

/** Whether an object's labels are as a requirement wants them. What has no such label is not in any list of values. */
export const meets = ({ metadata }: KindObject, { key, operator, values }: LabelRequirement): boolean => {
  const label = metadata.labels && Object.hasOwn(metadata.labels, key) ? metadata.labels[key] : undefined;
  switch (operator) {
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    default: {
      if (label === undefined || !wholeNumber.test(label)) return false;
      const [number, bound] = [BigInt(label), BigInt(values[0] ?? '')];
      return operator === 'GreaterThan' ? number > bound : number < bound;
    }
  }
};
