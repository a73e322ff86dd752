/** What a forge that says nothing more precise is given. */
const usualPause = 60;
const longestPause = 3600;

/**
 * How many seconds a forge asks to be left alone: by Retry-After, or by when its limit begins anew. `undefined`: it does not.
 * GitHub answers 403 as well as 429 when there were too many requests.
 */
export const retryAfterSeconds = (status: number, headers: Headers, now: number): number | undefined => {
  if (status !== 429 && status !== 403 && status !== 503) return undefined;
  const bounded = (seconds: number): number =>
    Number.isFinite(seconds) ? Math.min(longestPause, Math.max(1, Math.ceil(seconds))) : usualPause;
  const after = headers.get('retry-after');
  if (after !== null) return bounded(/^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000);
  const reset = headers.get('x-ratelimit-reset');
  if (headers.get('x-ratelimit-remaining') === '0')
    return bounded(reset === null ? usualPause : Number(reset) - now / 1000);
  return status === 429 ? usualPause : undefined;
};
