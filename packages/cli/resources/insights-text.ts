import type { Insights, Outcomes, Spread } from '@causeway/model';

/** Seconds for people: 0.42 s, 12.3 s, 5 min, 3.2 h, 2.1 d. */
export const secondsText = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
};

const spreadText = ({ n, median, p90 }: Spread): string =>
  n === 0 || median === undefined || p90 === undefined
    ? '-'
    : `${secondsText(median)} / ${secondsText(p90)} (n=${n})`;

const rateText = (failed: number, of: number): string =>
  of === 0 ? '-' : `${((100 * failed) / of).toFixed(failed === 0 ? 0 : 1)} % (n=${of})`;

export const insightsHeaders = [
  'Service',
  'Pushed',
  'Published',
  'Lead time (median / p90)',
  'First traffic (median / p90)',
  'Failed before',
  'Rolled back',
] as const;

const row = (name: string, outcomes: Outcomes): string[] => {
  const { changes, leadTime, timeToFirstTraffic, failedBefore, changeFailureRate } = outcomes;
  const { pushed, published } = changes;
  return [
    name,
    String(pushed),
    String(published),
    spreadText(leadTime),
    spreadText(timeToFirstTraffic),
    rateText(failedBefore, pushed),
    changeFailureRate === undefined ? '-' : rateText(Math.round(changeFailureRate * published), published),
  ];
};

/** A row a service, the total last. */
export const insightsRows = ({ services, total }: Insights): string[][] => [
  ...services.map(one => row(`${one.team}/${one.service}`, one)),
  ...(services.length === 1 ? [] : [row('total', total)]),
];

/** What broke, the most frequent first. */
export const failuresText = ({ total }: Insights): string | undefined => {
  const entries = Object.entries(total.failures).toSorted(([, a], [, b]) => b - a);
  return entries.length === 0
    ? undefined
    : `Failures: ${entries.map(([code, n]) => `${code} ${n}`).join(', ')}`;
};
