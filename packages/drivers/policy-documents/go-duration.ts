const unit: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;
const whole = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/;

/** A duration as Go writes them (`1h30m`, `1.5s`, `0`), in seconds; `undefined` for what is none. */
export const parseGoDuration = (text: string): number | undefined => {
  if (text.length > 64) return undefined;
  if (/^[+-]?0$/.test(text)) return 0;
  if (!whole.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount = '', name = ''] of text.matchAll(part)) seconds += Number(amount) * (unit[name] ?? 0);
  return text.startsWith('-') ? -seconds : seconds;
};
