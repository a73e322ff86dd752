import { h } from './element.js';
import { section } from './section.js';
import { duration } from './words.js';

/**
 * What `/api/insights` says, as far as it is shown here.
 * @typedef {{ n: number, median?: number, p90?: number }} Spread in seconds
 * @typedef {{ leadTime: Spread, timeToFirstTraffic: Spread, changes: { pushed: number, published: number },
 *   failedBefore: number, changeFailureRate?: number }} Insights
 */

/** @param {Spread} spread */
const spreadWords = ({ n, median, p90 }) => ({
  figure: n > 0 ? duration(median) : '–',
  from: n > 1 ? `median, p90 ${duration(p90)}, n = ${n}` : `n = ${n}`,
});

/**
 * Each figure with its name and what it counts.
 * @param {Insights} insights
 */
export const figuresOf = ({ leadTime, timeToFirstTraffic, changes, failedBefore, changeFailureRate }) => [
  { name: 'Push to serving', ...spreadWords(leadTime) },
  { name: 'Created to first request', ...spreadWords(timeToFirstTraffic) },
  {
    name: 'Change failure rate',
    figure: changeFailureRate === undefined ? '–' : `${Math.round(changeFailureRate * 100)} %`,
    from: `rolled back, n = ${changes.published} published`,
  },
  { name: 'Stopped before production', figure: String(failedBefore), from: `n = ${changes.pushed} pushed` },
];

/** @param {Insights | undefined} insights @param {string} source */
export const insightsView = (insights, source) =>
  section(
    'Insights',
    source,
    insights &&
      h(
        'dl',
        { class: 'figures' },
        figuresOf(insights).map(({ name, figure, from }) =>
          h(
            'div',
            { key: name },
            h('dt', {}, name),
            h('dd', {}, h('b', {}, figure), h('span', { class: 'quiet' }, from)),
          ),
        ),
      ),
  );
