import { h } from './element.js';
import { badge, conditionTone } from './phase.js';
import { ago } from './words.js';

/**
 * What is true of some objects now, each under its name, in the words of the platform.
 * @param {Record<string, readonly import('@causeway/model').Condition[] | undefined>} byObject
 * @param {number} now
 */
export const conditionsView = (byObject, now) => {
  const all = Object.entries(byObject).flatMap(([of, conditions = []]) =>
    conditions.map(condition => ({ of, condition })),
  );
  if (all.length === 0) return h('p', { class: 'quiet' }, 'Nothing has been told yet.');
  return h(
    'ul',
    { class: 'rows' },
    all.map(({ of, condition: { type, status, reason, message, lastTransitionTime } }) =>
      h(
        'li',
        { key: `${of} ${type}` },
        badge(conditionTone({ type, status, reason }), `${of} ${type}: ${status}`.trim()),
        h(
          'span',
          { class: 'quiet', title: lastTransitionTime },
          `${reason}, ${ago(lastTransitionTime, now)}`,
        ),
        h('p', {}, message),
      ),
    ),
  );
};
