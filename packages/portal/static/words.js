/** Figures and times in words. Pure; every duration is in seconds, every time in milliseconds since 1970. */

const steps = /** @type {const} */ ([
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
]);

/**
 * How long something is ago: one unit is enough.
 * @param {string | undefined} time RFC 3339
 * @param {number} now
 */
export const age = (time, now) => {
  const seconds = (now - Date.parse(time ?? '')) / 1000;
  if (Number.isNaN(seconds)) return '–';
  const [unit, name] = steps.find(([size]) => seconds >= size) ?? [1, 's'];
  return seconds < 1 ? 'now' : `${Math.floor(seconds / unit)} ${name}`;
};

/** @param {string | undefined} time @param {number} now */
export const ago = (time, now) => {
  const words = age(time, now);
  return words === 'now' || words === '–' ? words : `${words} ago`;
};

/** @param {number} seconds */
const rest = seconds => {
  const [unit, name] = steps.find(([size, word]) => seconds >= size * (word === 's' ? 0 : 2)) ?? [1, 's'];
  return `${Math.round(seconds / unit)} ${name}`;
};

/**
 * When something ends: `in 13 d`, `now` once its time is over, `never` when nothing ends it.
 * @param {string | undefined} time RFC 3339
 * @param {number} now
 */
export const until = (time, now) => {
  const end = Date.parse(time ?? '');
  if (Number.isNaN(end)) return 'never';
  return end <= now ? 'now' : `in ${rest((end - now) / 1000)}`;
};

/** A time for people, to the minute: `2026-12-05 20:03 UTC`. @param {string} time */
export const timeInWords = time => `${time.slice(0, 16).replace('T', ' ')} UTC`;

/**
 * A duration with as many digits as mean something: `0.42 s`, `8.1 s`, `42 s`, `3 min 5 s`, `2 h 10 min`.
 * @param {number | undefined} seconds
 */
export const duration = seconds => {
  if (seconds === undefined || Number.isNaN(seconds)) return '–';
  const shown = Math.max(0, seconds);
  if (shown < 9.95) return `${shown.toFixed(shown < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(shown);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(shown / 60);
  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.round(minutes / 1440)} d`;
};

/**
 * Seconds from one time to another, or to now while it has not come; undefined when it has not begun.
 * @param {string | undefined} from
 * @param {string | undefined} to
 * @param {number} now
 */
export const between = (from, to, now) =>
  from ? ((to ? Date.parse(to) : now) - Date.parse(from)) / 1000 : undefined;

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** @param {string | undefined} commit */
export const shortCommit = commit => commit?.slice(0, 8) ?? '–';

/** A link only to the web: anything else, `javascript:` above all, is shown as text. @param {string | undefined} text */
export const webAddress = text => (/^https?:\/\/[^\s]+$/i.test(text ?? '') ? text : undefined);
