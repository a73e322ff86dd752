import { z } from 'zod';

const unitSeconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const pattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** Seconds in a duration as people write it: `500ms`, `30s`, `90m`, `1h30m`, `14d`, `2w`. `undefined` when it is none. */
export const parseDuration = (text: string): number | undefined => {
  if (text.length > 32 || !pattern.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    seconds += Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
  return seconds;
};

/** Milliseconds of a duration that the schema has already accepted. */
export const durationMs = (text: string): number => Math.round((parseDuration(text) ?? 0) * 1000);

export const Duration = z
  .string()
  .max(32)
  .regex(pattern, 'must be a duration such as 500ms, 30s, 90m, 1h30m, 14d or 2w');
