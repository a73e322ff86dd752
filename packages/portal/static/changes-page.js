import { address } from './api.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { filterForm } from './filter-form.js';
import { follow } from './follow.js';
import { badge, toneOf } from './phase.js';
import { changeLink, changesLink } from './route.js';
import { source } from './section.js';
import { ago, plural } from './words.js';

/** @typedef {import('@causeway/model').ChangeRequest} ChangeRequest */

/** @param {ChangeRequest} change */
const teamOf = ({ metadata }) => metadata.namespace ?? '';

/**
 * The change requests to show, the newest first: those of the team in which every word of the text is said.
 * @param {readonly ChangeRequest[]} changes
 * @param {{ team: string, text: string }} filter
 */
export const selectChanges = (changes, { team, text }) => {
  const words = text.toLowerCase().split(/\s+/);
  return changes
    .filter(change => {
      const { metadata, spec, status } = change;
      const said = [metadata.name, spec.title, spec.author, spec.source, spec.target, status?.phase];
      return (
        (!team || teamOf(change) === team) && words.every(word => said.join(' ').toLowerCase().includes(word))
      );
    })
    .sort((a, b) => Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp));
};

/** @param {ChangeRequest} change */
const readiness = ({ spec, status }) => {
  if (status?.merged) return `by ${status.merged.by}`;
  if (spec.closed || status?.phase === 'Closed') return '–';
  const { mergeable } = status ?? {};
  if (!mergeable) return 'not looked at yet';
  return mergeable.ready ? badge('good', 'Ready') : h('span', { class: 'inside' }, mergeable.message);
};

/** @param {ChangeRequest} change @param {number} now */
const row = (change, now) => {
  const { metadata, spec, status } = change;
  const phase = status?.phase ?? 'Open';
  return h(
    'tr',
    { key: metadata.uid },
    h(
      'th',
      { scope: 'row' },
      h('a', { href: changeLink(teamOf(change), metadata.name) }, spec.title),
      h('span', { class: 'quiet' }, `${metadata.name} · ${teamOf(change)}`),
    ),
    h('td', { 'data-label': 'State' }, badge(toneOf('change', phase), phase)),
    h('td', { 'data-label': 'Branch' }, h('code', {}, spec.source)),
    h('td', { 'data-label': 'By' }, spec.author),
    h('td', { 'data-label': 'Merge' }, readiness(change)),
    h(
      'td',
      { 'data-label': 'Opened', title: metadata.creationTimestamp },
      ago(metadata.creationTimestamp, now),
    ),
  );
};

const columns = ['Change', 'State', 'Branch', 'By', 'Merge', 'Opened'];

/** @param {boolean} all */
const nothingYet = all =>
  h(
    'section',
    { key: 'empty', class: 'empty' },
    h('h2', {}, all ? 'No change request yet' : 'No change request is open'),
    h('p', {}, 'Push a branch, and ask for it to be merged as you push it:'),
    copyable('git push -o change origin my-branch', 'the command'),
    h('p', { class: 'quiet' }, 'It appears here by itself, with its checks and what the merge would do.'),
  );

/**
 * @param {{ changes: readonly ChangeRequest[] | undefined, failure?: import('./api.js').Failure | undefined, team: string, text: string,
 *   all: boolean, onFilter?: (filter: { team?: string, text?: string, all?: boolean }) => void }} state
 * @param {number} now
 */
export const changesView = ({ changes, failure, team, text, all, onFilter }, now) => {
  const head = (/** @type {import('./element.js').Content[]} */ ...content) =>
    h('div', { key: 'head', class: 'head' }, h('h1', {}, 'Change requests'), content);
  if (!changes)
    return [
      head(),
      failure
        ? failureNote(failure, 'The change requests cannot be read')
        : h('p', { class: 'wait' }, 'Loading'),
    ];
  const shown = selectChanges(changes, { team, text });
  return [
    head(
      h(
        'p',
        { class: 'quiet' },
        plural(shown.length, all ? 'change request' : 'open change request'),
        ' · ',
        source(address('changerequests', { team }), 'Change requests'),
      ),
    ),
    filterForm(
      {
        team,
        text,
        teams: changes.map(teamOf),
        what: 'the change requests',
        placeholder: 'Filter by title, service, branch, person',
        onFilter,
      },
      h(
        'select',
        {
          value: all ? 'all' : 'open',
          'aria-label': 'State',
          onchange: (/** @type {any} */ event) => onFilter?.({ all: event.target.value === 'all' }),
        },
        h('option', { value: 'open' }, 'Open'),
        h('option', { value: 'all' }, 'All'),
      ),
    ),
    changes.length === 0 && nothingYet(all),
    changes.length > 0 &&
      shown.length === 0 &&
      h(
        'p',
        { key: 'none', class: 'empty' },
        'No change request is like this. ',
        h('a', { href: changesLink({ all: true }) }, 'Show all'),
      ),
    shown.length > 0 &&
      h(
        'table',
        { key: 'changes', class: 'changes' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            columns.map(name => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          shown.map(change => row(change, now)),
        ),
      ),
  ];
};

/**
 * The change requests the person may see, live: those that are open, or all.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, text: string, all: boolean }} filter
 */
export const changesPage = ({ api, signal, refresh, connection }, filter) => {
  /** @type {Parameters<typeof changesView>[0]} */
  const state = {
    changes: undefined,
    ...filter,
    onFilter(change) {
      const before = state.all;
      Object.assign(state, change);
      // Another list is another page, which reads it anew.
      if (state.all !== before) location.hash = changesLink(state);
      else history.replaceState(null, '', changesLink(state));
      refresh();
    },
  };
  follow(api, `${address('changerequests')}${filter.all ? '' : '?fieldSelector=status.phase%3DOpen'}`, {
    signal,
    onObjects(changes) {
      state.changes = changes;
      connection();
    },
    onLost(failure) {
      state.failure = failure;
      connection(failure);
    },
  });
  return { title: 'Change requests', view: (/** @type {number} */ now) => changesView(state, now) };
};
