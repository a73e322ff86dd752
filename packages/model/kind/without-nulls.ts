import { isFields, setField } from './fields.ts';

/**
 * No field of ours may be null: one that is counts as not given, and gets its default. In lists null is a value. What holds
 * none is handed back as it is.
 */
export const withoutNulls = <T>(value: T): T => withoutNullsIn(value) as T;

const withoutNullsIn = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    let items: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      const kept = withoutNullsIn(item);
      if (kept === item) continue;
      items ??= [...value];
      items[index] = kept;
    }
    return items ?? value;
  }
  if (!isFields(value)) return value;
  let result: Record<string, unknown> | undefined;
  for (const name in value) {
    const inner = value[name];
    const kept = inner === null ? undefined : withoutNullsIn(inner);
    if (kept === inner) continue;
    result ??= { ...value };
    if (kept === undefined) delete result[name];
    else setField(result, name, kept);
  }
  return result ?? value;
};
