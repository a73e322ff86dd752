import { isDeepStrictEqual } from 'node:util';

/** Where kubectl keeps what was applied last, so that both know which fields a file has dropped since. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The JSON merge patch (RFC 7386) that makes an object as wanted: what differs is set, what was applied last time
 * and is wanted no more is removed, and what others have set stays. `undefined` when nothing is to be done.
 */
export const applyPatch = (live: Fields, wanted: Fields, before: Fields = {}): Fields | undefined => {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const now = Object.hasOwn(live, name) ? live[name] : undefined;
    if (isFields(value) && isFields(now)) {
      const last = Object.hasOwn(before, name) ? before[name] : undefined;
      const inner = applyPatch(now, value, isFields(last) ? last : {});
      if (inner) patch[name] = inner;
    } else if (!isDeepStrictEqual(now, value)) patch[name] = value;
  }
  for (const name of Object.keys(before))
    if (!Object.hasOwn(wanted, name) && Object.hasOwn(live, name)) patch[name] = null;
  return Object.keys(patch).length > 0 ? patch : undefined;
};
