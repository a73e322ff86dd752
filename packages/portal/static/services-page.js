import { address } from './api.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { filterForm } from './filter-form.js';
import { follow } from './follow.js';
import { badge, toneOf } from './phase.js';
import { serviceLink, servicesLink } from './route.js';
import { source } from './section.js';
import { age, ago, plural, webAddress } from './words.js';

/** @typedef {import('@causeway/model').Service} Service */

/**
 * The services to show: those of the team, whose name, team, phase or pusher has every word of the text.
 * @param {readonly Service[]} services
 * @param {{ team: string, text: string }} filter
 */
export const selectServices = (services, { team, text }) => {
  const words = text.toLowerCase().split(/\s+/);
  return services
    .filter(({ metadata, status }) => {
      const said =
        `${metadata.name} ${metadata.namespace} ${status?.phase} ${status?.push?.by}`.toLowerCase();
      return (!team || metadata.namespace === team) && words.every(word => said.includes(word));
    })
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name) || teamOf(a).localeCompare(teamOf(b)));
};

/** @param {Service} service */
const teamOf = ({ metadata }) => metadata.namespace ?? '';

/** How many there are, and of each phase: `3 services · 2 Running · 1 Failed`. @param {readonly Service[]} services */
export const summary = services => {
  const phases = Map.groupBy(services, ({ status }) => status?.phase ?? 'Pending');
  return [
    plural(services.length, 'service'),
    ...[...phases].map(([phase, group]) => `${group.length} ${phase}`),
  ].join(' · ');
};

/** @param {Service} service @param {number} now */
const row = (service, now) => {
  const { metadata, status } = service;
  const phase = status?.phase ?? 'Pending';
  const url = webAddress(status?.url);
  return h(
    'tr',
    { key: metadata.uid },
    h(
      'th',
      { scope: 'row' },
      h('a', { href: serviceLink(teamOf(service), metadata.name) }, metadata.name),
      h('span', { class: 'quiet' }, metadata.namespace),
    ),
    h(
      'td',
      { 'data-label': 'Phase' },
      h(
        'span',
        {},
        badge(toneOf('service', phase), phase),
        status?.failure &&
          status.release &&
          h('span', { class: 'trouble', title: status.failure.message }, 'Newest change failed'),
      ),
    ),
    h('td', { 'data-label': 'Release' }, status?.release ?? '–'),
    h('td', { 'data-label': 'URL' }, url ? h('a', { href: url }, url.replace(/^https?:\/\/|\/$/g, '')) : '–'),
    h(
      'td',
      { 'data-label': 'Last push' },
      status?.push
        ? h(
            'span',
            {},
            status.push.by,
            ' ',
            h('span', { class: 'quiet', title: status.push.at }, ago(status.push.at, now)),
          )
        : '–',
    ),
    h('td', { 'data-label': 'Age', title: metadata.creationTimestamp }, age(metadata.creationTimestamp, now)),
  );
};

const columns = ['Service', 'Phase', 'Release', 'URL', 'Last push', 'Age'];

const firstService = () =>
  h(
    'section',
    { key: 'empty', class: 'empty' },
    h('h2', {}, 'No service yet'),
    h('p', {}, 'One command makes the repository, the pipeline and the first deploy, and prints the URL:'),
    copyable('platform create service --name payments-api --template http-service', 'the command'),
    h('p', { class: 'quiet' }, 'It appears here by itself.'),
  );

/**
 * @param {{ services: readonly Service[] | undefined, failure?: import('./api.js').Failure | undefined, team: string, text: string,
 *   onFilter?: (filter: { team?: string, text?: string }) => void }} state
 * @param {number} now
 */
export const servicesView = ({ services, failure, team, text, onFilter }, now) => {
  const head = (/** @type {import('./element.js').Content[]} */ ...content) =>
    h('div', { key: 'head', class: 'head' }, h('h1', {}, 'Services'), content);
  if (!services)
    return [
      head(),
      failure ? failureNote(failure, 'The services cannot be read') : h('p', { class: 'wait' }, 'Loading'),
    ];
  if (services.length === 0) return [head(), firstService()];
  const shown = selectServices(services, { team, text });
  return [
    head(
      h('p', { class: 'quiet' }, summary(shown), ' · ', source(address('services', { team }), 'Services')),
    ),
    filterForm({
      team,
      text,
      teams: services.map(teamOf),
      what: 'the services',
      placeholder: 'Filter by name, phase, person',
      onFilter,
    }),
    shown.length === 0
      ? h(
          'p',
          { key: 'none', class: 'empty' },
          'No service is like this. ',
          h('a', { href: servicesLink() }, 'Show all'),
        )
      : h(
          'table',
          { key: 'services', class: 'services' },
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
            shown.map(service => row(service, now)),
          ),
        ),
  ];
};

/**
 * All services the person may see, live.
 * @param {import('./portal.js').Context} context
 * @param {{ team: string, text: string }} filter
 */
export const servicesPage = ({ api, signal, refresh, connection }, filter) => {
  /** @type {Parameters<typeof servicesView>[0]} */
  const state = {
    services: undefined,
    ...filter,
    onFilter(change) {
      Object.assign(state, change);
      history.replaceState(null, '', servicesLink(state));
      refresh();
    },
  };
  follow(api, address('services'), {
    signal,
    onObjects(services) {
      state.services = services;
      connection();
    },
    onLost(failure) {
      state.failure = failure;
      connection(failure);
    },
  });
  return { title: 'Services', view: (/** @type {number} */ now) => servicesView(state, now) };
};
