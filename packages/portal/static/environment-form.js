import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote, prose } from './failure-note.js';
import { serviceLink } from './route.js';
import { byField, wishOf } from './wish.js';
import { yamlOf } from './yaml.js';

/**
 * @typedef {import('./wish.js').Filled} Filled
 * @typedef {{ team: string, teams: readonly string[], services: readonly string[], regions: readonly string[], filled: Filled,
 *   refused?: import('./api.js').Failure | undefined, verdict: 'none' | 'asking' | 'fine', sending: boolean,
 *   onTeam: (team: string) => void, onFill: (change: Partial<Filled>) => void, onCheck: () => void, onSend: () => void }} State
 */

const classifications = ['public', 'internal', 'confidential', 'restricted'];

/** What is wrong with a field, under it. @param {string} id @param {readonly string[] | undefined} wrong */
const wrongs = (id, wrong) =>
  h(
    'div',
    { id: `${id}-wrong`, class: 'wrong', role: 'alert' },
    wrong?.map(text => h('p', {}, prose(text))),
  );

/**
 * A field with its label, a word of help and what is wrong with it.
 * @param {string} id
 * @param {{ label: string, help: string, wrong: readonly string[] | undefined }} about
 * @param {(attributes: object) => import('./element.js').Content} input
 */
const field = (id, { label, help, wrong }, input) =>
  h(
    'div',
    { key: id, class: 'field' },
    h('label', { for: id }, label),
    input({
      id,
      'aria-describedby': `${id}-help ${id}-wrong`,
      'aria-invalid': wrong ? 'true' : undefined,
    }),
    h('p', { id: `${id}-help`, class: 'quiet' }, help),
    wrongs(id, wrong),
  );

/** @param {State} state @param {readonly string[] | undefined} wrong */
const servicesField = ({ team, services, filled, onFill }, wrong) =>
  h(
    'fieldset',
    { key: 'services', class: 'field', 'aria-describedby': 'services-help services-wrong' },
    h('legend', {}, 'Services'),
    services.map(name => {
      const chosen = filled.services[name];
      return h(
        'div',
        { key: name, class: 'pick' },
        h(
          'label',
          {},
          h('input', {
            type: 'checkbox',
            checked: chosen !== undefined,
            onchange: (/** @type {any} */ event) => {
              const { [name]: _before, ...others } = filled.services;
              onFill({ services: event.target.checked ? { ...others, [name]: '' } : others });
            },
          }),
          name,
        ),
        chosen !== undefined &&
          h('input', {
            inputmode: 'numeric',
            maxlength: 9,
            value: chosen,
            placeholder: 'copies',
            'aria-label': `Copies of ${name}`,
            oninput: (/** @type {any} */ event) =>
              onFill({ services: { ...filled.services, [name]: event.target.value } }),
          }),
      );
    }),
    h(
      'p',
      { id: 'services-help', class: 'quiet' },
      services.length > 0
        ? 'Each runs what production serves. Without a number: as many copies as there.'
        : [`${team} has no service yet. Make one: `, h('code', {}, 'platform create service')],
    ),
    wrongs('services', wrong),
  );

/** @param {State} state */
const file = ({ team, filled }) => {
  const text = yamlOf(wishOf(team, filled));
  const name = `${filled.name.trim() || 'NAME'}.yaml`;
  const [first = 'SERVICE'] = Object.keys(filled.services);
  return h(
    'section',
    { key: 'file', class: 'card file' },
    h('h2', {}, 'The file'),
    h('pre', { tabindex: 0, 'aria-label': 'The request as YAML' }, text),
    h(
      'p',
      { class: 'quiet' },
      'The same, in git: committed as ',
      h('code', {}, `platform/${name}`),
      ' in the repository of ',
      filled.services[first] === undefined
        ? h('code', {}, first)
        : h('a', { href: serviceLink(team, first) }, first),
      ', it is planned on the change request and made by the merge. Or sent:',
    ),
    copyable(`platform env request -f ${name}`, 'the command'),
  );
};

/** The form that asks for an environment, and the file it would send. @param {State} state */
export const environmentForm = state => {
  const { team, teams, filled, regions, refused, verdict, sending, onTeam, onFill, onCheck, onSend } = state;
  const wrong = byField(refused?.fields ?? [], Object.keys(filled.services));
  /** @param {'name' | 'purpose' | 'lifetime' | 'region'} id @param {string} label @param {string} help @param {object} [more] */
  const text = (id, label, help, more = {}) =>
    field(id, { label, help, wrong: wrong[id] }, attributes =>
      h('input', {
        ...attributes,
        ...more,
        autocomplete: 'off',
        value: filled[id],
        oninput: (/** @type {any} */ event) => onFill({ [id]: event.target.value }),
      }),
    );
  // What no field shows: a policy, a quota, a team that may not.
  const elsewhere = refused && (wrong.other || refused.fields.length === 0);
  return h(
    'div',
    { key: 'request', class: 'request' },
    h(
      'form',
      {
        novalidate: true,
        autocomplete: 'off',
        onchange: onCheck,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          onSend();
        },
      },
      teams.length > 1 &&
        field('team', { label: 'Team', help: 'Owns it, and pays for it.', wrong: undefined }, attributes =>
          h(
            'select',
            {
              ...attributes,
              value: team,
              onchange: (/** @type {any} */ event) => onTeam(event.target.value),
            },
            teams.map(name => h('option', { key: name, value: name }, name)),
          ),
        ),
      text('name', 'Name', 'Lower-case letters, digits and hyphens. It becomes part of the addresses.', {
        placeholder: 'payments-staging',
        required: true,
        maxlength: 63,
        spellcheck: 'false',
      }),
      servicesField(state, wrong.services),
      text('purpose', 'Purpose', 'What it is for: integration-test, demo.'),
      text(
        'lifetime',
        'Lifetime',
        'Then it goes by itself: 90m, 3d, 2w. You are told a day and an hour before.',
      ),
      text('region', 'Region', 'Where it runs. Empty: wherever there is room.', { list: 'regions' }),
      h(
        'datalist',
        { key: 'regions', id: 'regions' },
        regions.map(name => h('option', { key: name, value: name })),
      ),
      field(
        'classification',
        {
          label: 'Data',
          help: 'The most confidential data that will be in it.',
          wrong: wrong.classification,
        },
        attributes =>
          h(
            'select',
            {
              ...attributes,
              value: filled.classification,
              onchange: (/** @type {any} */ event) => onFill({ classification: event.target.value }),
            },
            h('option', { value: '' }, 'not said'),
            classifications.map(word => h('option', { key: word, value: word }, word)),
          ),
      ),
      elsewhere && failureNote(refused, 'It would be refused'),
      h(
        'p',
        { key: 'send', class: 'send' },
        h('button', { class: 'main', disabled: sending }, sending ? 'Asking …' : 'Request environment'),
        h(
          'span',
          { role: 'status', class: verdict === 'fine' ? 'badge good' : 'quiet' },
          verdict === 'fine'
            ? 'Checked: it would be made'
            : verdict === 'asking'
              ? 'Checking …'
              : refused && 'See what is said above.',
        ),
      ),
    ),
    file(state),
  );
};
