const powers: Readonly<Record<string, bigint>> = {
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
  Pi: 1024n ** 5n,
  Ei: 1024n ** 6n,
};
const exponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const pattern =
  /^([+-]?)(\d{1,40})?(?:\.(\d{0,40}))?(?:(Ki|Mi|Gi|Ti|Pi|Ei)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;

/** One of whatever is counted, in the billionths that quantities are told in. */
export const oneOfQuantity = 1_000_000_000n;

/**
 * A Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) in billionths, rounded away from zero as Kubernetes does; `undefined` for
 * what is none. See apimachinery’s `resource.Quantity`.
 */
export const parseQuantity = (text: string): bigint | undefined => {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal, exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const power = (decimal ? (exponents[decimal] ?? 0) : Number(exponent ?? 0)) + 9 - fraction.length;
  const scaled = digits * (binary ? (powers[binary] ?? 1n) : 1n);
  const divisor = power < 0 ? 10n ** BigInt(-power) : 1n;
  const value = power < 0 ? (scaled + divisor - 1n) / divisor : scaled * 10n ** BigInt(power);
  return sign === '-' ? -value : value;
};
