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

/** Values within a value that are shown; a value may hold itself many times over. */
const mostShown = 1000;

const jsonOf = (value: unknown, depth: number, room: { left: number }): unknown => {
  room.left -= 1;
  if (depth > 50 || room.left < 0) return '…';
  const inner = (one: unknown): unknown => jsonOf(one, depth + 1, room);
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (isCelError(value)) return `error: ${value.message}`;
  if (isCelList(value)) return value.size > room.left ? `[${value.size} items]` : [...value].map(inner);
  if (isCelMap(value))
    return value.size > room.left
      ? `{${value.size} fields}`
      : Object.fromEntries([...value].map(([key, one]) => [String(key), inner(one)]));
  if (isCelUint(value)) return Number(value.value);
  if (isCelType(value)) return value.name;
  return String(value);
};

/** A CEL value as JSON text for people, shortened where it is large. */
export const shown = (value: unknown): string => JSON.stringify(jsonOf(value, 0, { left: mostShown }));
