import { type CelFunc, CelScalar, type CelValue, celFunc, celMethod } from '@bufbuild/cel';
import { oneOfQuantity, parseQuantity } from '../../policy-documents/quantity.ts';
import { opaque } from './opaque.ts';

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;

const quantities = opaque<bigint>('quantity');
const quantity = (value: bigint) => quantities.make(value, String(value));

const read = (text: string): bigint => {
  const value = parseQuantity(text);
  if (value === undefined) throw new Error(`“${text.slice(0, 60)}” is no quantity`);
  return value;
};

const addend = (value: CelValue): bigint =>
  typeof value === 'bigint' ? value * oneOfQuantity : quantities.open(value);

const maxInt = 2n ** 63n - 1n;
const isWhole = (value: bigint): boolean => {
  const whole = value / oneOfQuantity;
  return value % oneOfQuantity === 0n && whole <= maxInt && whole >= -maxInt - 1n;
};

/** Kubernetes’ library `quantity`. */
export const quantityFunctions: readonly CelFunc[] = [
  celFunc('quantity', [STRING], DYN, text => quantity(read(text))),
  celFunc('isQuantity', [STRING], BOOL, text => parseQuantity(text) !== undefined),
  celMethod('isInteger', DYN, [], BOOL, function () {
    return isWhole(quantities.open(this));
  }),
  celMethod('asInteger', DYN, [], INT, function () {
    const value = quantities.open(this);
    if (!isWhole(value)) throw new Error('the quantity is no whole number');
    return value / oneOfQuantity;
  }),
  celMethod('asApproximateFloat', DYN, [], DOUBLE, function () {
    return Number(quantities.open(this)) / Number(oneOfQuantity);
  }),
  celMethod('sign', DYN, [], INT, function () {
    const value = quantities.open(this);
    return value > 0n ? 1n : value < 0n ? -1n : 0n;
  }),
  celMethod('add', DYN, [DYN], DYN, function (other) {
    return quantity(quantities.open(this) + addend(other));
  }),
  celMethod('sub', DYN, [DYN], DYN, function (other) {
    return quantity(quantities.open(this) - addend(other));
  }),
  celMethod('isLessThan', DYN, [DYN], BOOL, function (other) {
    return quantities.open(this) < quantities.open(other);
  }),
  celMethod('isGreaterThan', DYN, [DYN], BOOL, function (other) {
    return quantities.open(this) > quantities.open(other);
  }),
  celMethod('compareTo', DYN, [DYN], INT, function (other) {
    const [one, two] = [quantities.open(this), quantities.open(other)];
    return one > two ? 1n : one < two ? -1n : 0n;
  }),
];
