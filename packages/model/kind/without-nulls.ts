import { isFields, setField } from './fields.ts';

/**
 * No field of ours may be null: one that is counts as not given, and gets its default. In lists null is a value. What holds
 * none is handed back as it is.
 */
export const withoutNulls = <T>(value: T): T => withoutNullsIn(value) as T;

const withoutNullsIn = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(withoutNullsIn);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isFields(value)) return value;
  let result: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const kept = inner === null ? undefined : withoutNullsIn(inner);
    if (kept === inner) continue;
    result ??= { ...value };
    if (kept === undefined) delete result[name];
    else setField(result, name, kept);
  }
  return result ?? value;
};
