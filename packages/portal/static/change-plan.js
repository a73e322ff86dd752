import { h } from './element.js';
import { badge, toneOf } from './phase.js';
import { plural } from './words.js';

/** @typedef {import('@causeway/model').Plan} Plan */

const words = /** @type {const} */ ({
  create: 'create',
  change: 'change',
  delete: 'delete',
  refuse: 'be refused',
});

/** @param {string} path @param {number | undefined} line */
const place = (path, line) => (line === undefined ? path : `${path}:${line}`);

/** A cost as a difference: `+3.20`, `−0.40`. @param {number} amount */
const more = amount => `${amount < 0 ? '−' : '+'}${Math.abs(amount).toFixed(2)}`;

/** What a merge would do, in a line: `2 to create, 1 to delete; +0.03 EUR a month, estimated`. @param {Plan} plan */
export const planSummary = ({ changes, problems, cost }) => {
  const counts = /** @type {const} */ (['create', 'change', 'delete', 'refuse']).flatMap(action => {
    const count = changes.filter(one => one.action === action).length;
    return count > 0 ? [`${count} to ${words[action]}`] : [];
  });
  const what = counts.join(', ') || 'nothing to create, change or delete';
  const wrong = problems.length > 0 ? `; ${plural(problems.length, 'problem')}` : '';
  return `${what}${wrong}${cost ? `; ${more(cost.monthly)} ${cost.currency} a month, estimated` : ''}`;
};

/** @param {{ path: string, line?: number | undefined, message: string }} said */
const located = ({ path, line, message }) =>
  h('li', { key: `${path}:${line}:${message}` }, h('code', {}, place(path, line)), h('p', {}, message));

/** @param {Plan['changes'][number]} change @param {string | undefined} currency */
const row = ({ action, kind, name, path, line, fields, problems, warnings, monthlyCost }, currency) =>
  h(
    'li',
    { key: `${kind}/${name} ${path}` },
    badge(toneOf('planned', action), action === 'refuse' ? 'refused' : action),
    h('b', {}, `${kind}/${name}`),
    h('code', { class: 'quiet' }, place(path, line)),
    currency &&
      monthlyCost !== undefined &&
      h('span', { class: 'quiet' }, `${more(monthlyCost)} ${currency} a month`),
    fields?.map(text => h('p', {}, h('code', {}, text))),
    problems?.map(text => h('p', { class: 'trouble' }, text)),
    warnings?.map(text => h('p', { class: 'quiet' }, text)),
  );

/** What the team may have, and what of it this takes. @param {Plan} plan */
const limits = ({ cost, quota }) =>
  h(
    'dl',
    { class: 'facts' },
    cost && [
      h('dt', {}, 'The team then costs'),
      h(
        'dd',
        {},
        `${cost.teamMonthly.toFixed(2)} ${cost.currency} a month, estimated`,
        cost.budget !== undefined && [
          `; its budget is ${cost.budget.toFixed(2)}`,
          h(
            'span',
            { class: cost.teamMonthly > cost.budget ? 'trouble' : 'quiet' },
            cost.teamMonthly > cost.budget
              ? ` ${(cost.teamMonthly - cost.budget).toFixed(2)} too much`
              : `, ${(cost.budget - cost.teamMonthly).toFixed(2)} left`,
          ),
        ],
      ),
    ],
    quota.map(({ kind, used, limit }) => [
      h('dt', {}, kind),
      h(
        'dd',
        {},
        `${used} of ${limit}`,
        h(
          'span',
          { class: used > limit ? 'trouble' : 'quiet' },
          used > limit ? `${used - limit} too many` : `, ${limit - used} left`,
        ),
      ),
    ]),
  );

/** What merging would create, change and delete, what is wrong with it, what it costs. @param {Plan} plan */
export const planView = plan => {
  const rows = plan.changes.filter(({ action }) => action !== 'unchanged');
  return [
    h('p', {}, `Planned: ${planSummary(plan)}.`),
    plan.problems.length > 0 && h('ul', { class: 'rows wrongs' }, plan.problems.map(located)),
    rows.length > 0 &&
      h(
        'ul',
        { class: 'rows parted' },
        rows.map(change => row(change, plan.cost?.currency)),
      ),
    (plan.cost ?? plan.quota[0]) && limits(plan),
    (plan.notes ?? []).length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, h('b', {}, 'What was not looked at')),
        h('ul', { class: 'rows' }, plan.notes?.map(located)),
      ),
  ];
};
