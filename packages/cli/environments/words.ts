const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** How long something lasts, as people say it: `13 d`, `5 h`, `12 min`, `40 s`. Whole units, rounded down. */
export const lengthInWords = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] = units.find(([, one]) => seconds >= one) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
};

/** How long it still is, to the nearest: hours for two days, minutes for two hours. */
const restInWords = (ms: number): string => {
  const [unit, size] = units.find(([name, one]) => ms / 1000 >= one * (name === 's' ? 0 : 2)) ?? ['s', 1];
  return `${Math.round(ms / 1000 / size)} ${unit}`;
};

/** When something ends: `in 13 d`, or that its time is over. */
export const endInWords = (at: string | undefined, now: number): string => {
  const end = Date.parse(at ?? '');
  if (Number.isNaN(end)) return 'never';
  return end <= now ? 'now' : `in ${restInWords(end - now)}`;
};

/** A time for people, to the minute: `2026-12-05 20:03 UTC`. */
export const timeInWords = (at: string): string => {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

/** How long something took: `0.8 s`, `12 s`, `3 min 20 s`. */
export const tookInWords = (ms: number): string => {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
