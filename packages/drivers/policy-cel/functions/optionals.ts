import {
  type CelFunc,
  type CelMap,
  CelScalar,
  type CelValue,
  celFunc,
  celList,
  celMap,
  celMethod,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';

const { BOOL, DYN } = CelScalar;

/** Optionals are maps of one entry or none to the library; these are they, with what they hold. */
const optionals = new WeakMap<object, CelValue | undefined>();

const optional = (value?: CelValue): CelMap => {
  const made = celMap(new Map(value === undefined ? [] : [['optional', value]]));
  optionals.set(made, value);
  return made;
};

const isOptional = (value: unknown): value is CelMap =>
  typeof value === 'object' && value !== null && optionals.has(value);

const held = (value: CelValue): CelValue | undefined => {
  if (!isOptional(value)) throw new Error('this is no optional value');
  return optionals.get(value);
};

/** What a map or list has at a key, if anything; of an optional, what is in it. */
const at = (from: CelValue, key: CelValue): CelValue | undefined => {
  const value = isOptional(from) ? held(from) : from;
  if (value === undefined || value === null) return undefined;
  if (isCelMap(value)) return value.get(key as string);
  if (isCelList(value)) return typeof key === 'bigint' ? value.get(Number(key)) : undefined;
  throw new Error(`a value that is neither a map nor a list has no ${String(key)}`);
};

const isZero = (value: CelValue): boolean =>
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  value === 0n ||
  ((isCelList(value) || isCelMap(value)) && value.size === 0);

/**
 * `optional.of` and what belongs to it; `@` marks what only our rewriting calls. A value that
 * is no optional needs no other, as in cel-go’s `OptionalTypes`.
 */
export const optionalFunctions: readonly CelFunc[] = [
  celFunc('@select', [DYN, DYN], DYN, (from, key) => optional(at(from, key))),
  celFunc('@has', [DYN], BOOL, value => held(value) !== undefined),
  celFunc('@items', [DYN], DYN, value => {
    const one = held(value);
    return celList(one === undefined ? [] : [one]);
  }),
  celFunc('@first', [DYN], DYN, list => optional(isCelList(list) ? list.get(0) : undefined)),
  celFunc('@flat', [DYN], DYN, list => (isCelList(list) ? list.get(0) : undefined) ?? optional()),
  celFunc('optional.of', [DYN], DYN, value => optional(value)),
  celFunc('optional.ofNonZeroValue', [DYN], DYN, value => optional(isZero(value) ? undefined : value)),
  celFunc('optional.none', [], DYN, () => optional()),
  celMethod('hasValue', DYN, [], BOOL, function () {
    return held(this) !== undefined;
  }),
  celMethod('value', DYN, [], DYN, function () {
    const value = held(this);
    if (value === undefined) throw new Error('the optional value is not there');
    return value;
  }),
  celMethod('orValue', DYN, [DYN], DYN, function (other) {
    return isOptional(this) ? (held(this) ?? other) : this;
  }),
  celMethod('or', DYN, [DYN], DYN, function (other) {
    return isOptional(this) && held(this) === undefined ? other : this;
  }),
];
