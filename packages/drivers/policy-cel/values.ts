import {
  type CelInput,
  type CelValue,
  celList,
  celMap,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
} from '@bufbuild/cel';

const known = new WeakMap<object, CelValue>();

/**
 * JSON data as CEL has it: whole numbers are `int`, others `double`, objects maps. Data is kept, since many policies are
 * asked about the same document; it must not change afterwards.
 */
export const celOf = (value: unknown): CelValue => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === null || typeof value !== 'object') return null;
  const before = known.get(value);
  if (before !== undefined) return before;
  const made: CelValue = Array.isArray(value)
    ? celList(value.map(celOf))
    : celMap(
        new Map<string, CelInput>(
          Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, celOf(one)]])),
        ),
      );
  known.set(value, made);
  return made;
};

/** A CEL value as JSON data, for people and details. */
export const jsonOf = (value: unknown, depth = 0): unknown => {
  if (depth > 50) return '…';
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (isCelError(value)) return `error: ${value.message}`;
  if (isCelList(value)) return [...value].map(one => jsonOf(one, depth + 1));
  if (isCelMap(value))
    return Object.fromEntries([...value].map(([key, one]) => [String(key), jsonOf(one, depth + 1)]));
  if (isCelUint(value)) return Number(value.value);
  if (isCelType(value)) return value.name;
  return String(value);
};
