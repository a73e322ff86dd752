import { address } from './api.js';
import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';
import { follow } from './follow.js';
import { servicesLink } from './route.js';
import { source } from './section.js';
import { plural, webAddress } from './words.js';

/** @typedef {import('@causeway/model').Team} Team */

/** @param {Team} team @param {string | undefined} user */
const card = ({ metadata: { uid, name }, spec, status }, user) =>
  h(
    'section',
    { key: uid, class: 'card' },
    h(
      'div',
      { class: 'heading' },
      h('h2', {}, spec.displayName ?? name),
      source(address('teams', { name }), name),
    ),
    spec.description && h('p', {}, spec.description),
    h(
      'dl',
      {},
      h('dt', {}, 'Type'),
      h('dd', {}, spec.type),
      h('dt', {}, 'On-call'),
      h(
        'dd',
        {},
        webAddress(spec.onCall)
          ? h('a', { href: spec.onCall }, spec.onCall)
          : (spec.onCall ?? h('span', { class: 'quiet' }, 'nobody named')),
      ),
      spec.costCenter && [h('dt', {}, 'Cost centre'), h('dd', {}, spec.costCenter)],
      h('dt', {}, 'Owns'),
      h('dd', {}, h('a', { href: servicesLink({ team: name }) }, plural(status?.services ?? 0, 'service'))),
    ),
    h('h3', {}, 'Members'),
    spec.members.length === 0 && h('p', { class: 'quiet' }, 'Nobody yet.'),
    h(
      'ul',
      { class: 'members' },
      spec.members.map(member =>
        h(
          'li',
          { key: member.user },
          member.user,
          member.user === user && ' (you)',
          h('span', { class: 'quiet' }, member.role),
        ),
      ),
    ),
  );

/**
 * @param {{ teams: readonly Team[] | undefined, failure?: import('./api.js').Failure | undefined, user: string | undefined }} state
 */
export const teamsView = ({ teams, failure, user }) => [
  h('div', { key: 'head', class: 'head' }, h('h1', {}, 'Teams')),
  !teams &&
    (failure ? failureNote(failure, 'The teams cannot be read') : h('p', { class: 'wait' }, 'Loading')),
  teams?.length === 0 &&
    h(
      'section',
      { key: 'empty', class: 'empty' },
      h('h2', {}, 'No team yet'),
      h('p', {}, 'You are in no team. Ask an owner to add you, or make one:'),
      copyable('platform create team --name payments', 'the command'),
    ),
  h(
    'div',
    { key: 'teams', class: 'cards' },
    teams?.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name)).map(team => card(team, user)),
  ),
];

/** Teams with their members, live. @param {import('./portal.js').Context} context */
export const teamsPage = ({ api, signal, person, connection }) => {
  /** @type {{ teams: Team[] | undefined, failure: import('./api.js').Failure | undefined }} */
  const state = { teams: undefined, failure: undefined };
  follow(api, address('teams'), {
    signal,
    onObjects(teams) {
      state.teams = teams;
      connection();
    },
    onLost(failure) {
      state.failure = failure;
      connection(failure);
    },
  });
  return { title: 'Teams', view: () => teamsView({ ...state, user: person() }) };
};
