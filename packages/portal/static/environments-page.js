import { address } from './api.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { pairsOf, phaseOf, servicesOf, subjectOf, typeOf } from './environment.js';
import { failureNote } from './failure-note.js';
import { filterForm } from './filter-form.js';
import { follow } from './follow.js';
import { badge, toneOf } from './phase.js';
import { environmentLink, environmentRequestLink, environmentsLink } from './route.js';
import { source } from './section.js';
import { plural, timeInWords, until, webAddress } from './words.js';

/**
 * @typedef {import('./environment.js').Found} Found
 * @typedef {import('@causeway/model').Environment} Environment
 * @typedef {import('@causeway/model').EnvironmentRequest} EnvironmentRequest
 */

/**
 * The environments to show: those of the team in which every word of the text is said.
 * @param {readonly Found[]} all
 * @param {{ team: string, text: string }} filter
 */
export const selectEnvironments = (all, { team, text }) => {
  const words = text.toLowerCase().split(/\s+/);
  return all.filter(found => {
    const { spec } = subjectOf(found);
    const services = servicesOf(found).map(({ name }) => name);
    const said = [found.name, found.team, typeOf(found), phaseOf(found), spec.purpose, ...services];
    return (!team || found.team === team) && words.every(word => said.join(' ').toLowerCase().includes(word));
  });
};

/** @param {ReturnType<typeof servicesOf>} services */
const servicesCell = services =>
  services.length === 0
    ? '–'
    : h(
        'ul',
        { class: 'inside' },
        services.map(({ name, url, progress }) =>
          h(
            'li',
            { key: name, class: progress?.step === 'Failed' && 'bad' },
            webAddress(url) ? h('a', { href: url }, name) : name,
            progress?.step === 'Failed' && h('span', { class: 'trouble' }, 'Failed'),
          ),
        ),
      );

/** @param {Found} found @param {number} now */
const row = (found, now) => {
  const { metadata, spec, status } = subjectOf(found);
  const phase = phaseOf(found);
  const isGone = phase === 'Gone';
  const end = isGone ? undefined : status?.expiresAt;
  return h(
    'tr',
    { key: metadata.uid },
    h(
      'th',
      { scope: 'row' },
      h('a', { href: environmentLink(found.team, found.name) }, found.name),
      h('span', { class: 'quiet' }, spec.purpose),
    ),
    h('td', { 'data-label': 'Type' }, typeOf(found)),
    h('td', { 'data-label': 'Phase' }, badge(toneOf('environment', phase), phase)),
    h('td', { 'data-label': 'Services' }, isGone ? '–' : servicesCell(servicesOf(found))),
    h('td', { 'data-label': 'Expires', title: end && timeInWords(end) }, isGone ? '–' : until(end, now)),
    h('td', { 'data-label': 'Owner' }, found.team),
  );
};

const columns = ['Environment', 'Type', 'Phase', 'Services', 'Expires', 'Owner'];

/** @param {string} team */
const firstOne = team =>
  h(
    'section',
    { key: 'empty', class: 'empty' },
    h('h2', {}, 'No environment has been asked for yet'),
    h('p', {}, 'One runs your services beside production for a while, ready in seconds, and goes by itself.'),
    h('a', { class: 'button main', href: environmentRequestLink(team) }, 'Request an environment'),
    h('p', { class: 'quiet' }, 'Or in a terminal, where it asks for everything:'),
    copyable('platform env request --interactive', 'the command'),
  );

/**
 * @param {{ requests: readonly EnvironmentRequest[] | undefined, environments: readonly Environment[] | undefined,
 *   failure?: import('./api.js').Failure | undefined, team: string, text: string,
 *   onFilter?: (filter: { team?: string, text?: string }) => void }} state
 * @param {number} now
 */
export const environmentsView = ({ requests, environments, failure, team, text, onFilter }, now) => {
  const head = (/** @type {import('./element.js').Content[]} */ ...content) =>
    h('div', { key: 'head', class: 'head' }, h('h1', {}, 'Environments'), content);
  if (!requests || !environments)
    return [
      head(),
      failure
        ? failureNote(failure, 'The environments cannot be read')
        : h('p', { class: 'wait' }, 'Loading'),
    ];
  const all = pairsOf(requests, environments);
  const shown = selectEnvironments(all, { team, text });
  const nobodyAsked = all.every(one => typeOf(one) === 'standing');
  return [
    h(
      'div',
      { key: 'head', class: 'head beside' },
      h(
        'div',
        { class: 'head' },
        h('h1', {}, 'Environments'),
        h(
          'p',
          { class: 'quiet' },
          plural(shown.length, 'environment'),
          ' · ',
          source(address('environments', { team }), 'Environments'),
        ),
      ),
      !nobodyAsked &&
        h('a', { class: 'button main', href: environmentRequestLink(team) }, 'Request an environment'),
    ),
    all.length > 0 &&
      filterForm({
        team,
        text,
        teams: all.map(one => one.team),
        what: 'the environments',
        placeholder: 'Filter by name, service, phase',
        onFilter,
      }),
    shown.length === 0 &&
      all.length > 0 &&
      h(
        'p',
        { key: 'none', class: 'empty' },
        'No environment is like this. ',
        h('a', { href: environmentsLink() }, 'Show all'),
      ),
    shown.length > 0 &&
      h(
        'table',
        { key: 'environments', class: 'environments' },
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
          shown.map(found => row(found, now)),
        ),
      ),
    nobodyAsked && firstOne(team),
  ];
};

/**
 * All environments the person may see, live.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, text: string }} filter
 */
export const environmentsPage = ({ api, signal, refresh, connection }, filter) => {
  /** @type {Parameters<typeof environmentsView>[0]} */
  const state = {
    requests: undefined,
    environments: undefined,
    ...filter,
    onFilter(change) {
      Object.assign(state, change);
      history.replaceState(null, '', environmentsLink(state));
      refresh();
    },
  };
  /** @param {import('./api.js').Failure} failure */
  const onLost = failure => {
    state.failure = failure;
    connection(failure);
  };
  follow(api, address('environments'), {
    signal,
    onObjects(environments) {
      state.environments = environments;
      connection();
    },
    onLost,
  });
  follow(api, address('environmentrequests'), {
    signal,
    onObjects(requests) {
      state.requests = requests;
      connection();
    },
    onLost,
  });
  return { title: 'Environments', view: (/** @type {number} */ now) => environmentsView(state, now) };
};
