/** JSON with whole numbers of any size, as Rego has them: a `bigint` is a whole number, whatever its size. */
export type Exact =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly Exact[]
  | { readonly [key: string]: Exact };

const whole = (value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;

export const parseExact = (text: string): Exact =>
  JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context!.source!)
      : whole(value),
  );

export const exactText = (value: unknown): string =>
  JSON.stringify(value, (_key, one) =>
    typeof one === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(one))
      : one,
  ) ?? 'null';

/** Equal texts for equal values: whole numbers alike, keys in order. */
export const canonicalText = (value: unknown): string =>
  exactText(
    (function canonical(one: unknown): unknown {
      if (Array.isArray(one)) return one.map(canonical);
      if (typeof one !== 'object' || one === null) return whole(one);
      const entries = Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(entries.map(([key, member]) => [key, canonical(member)]));
    })(value),
  );
