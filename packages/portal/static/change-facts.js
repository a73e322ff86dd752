import { h } from './element.js';
import { badge, toneOf } from './phase.js';
import { environmentLink } from './route.js';
import { shortCommit, until, webAddress } from './words.js';

/** @typedef {import('@causeway/model').ChangeRequest} ChangeRequest */

/** So much of a long list is shown; its JSON has the rest. */
const shown = 50;

/** @param {NonNullable<NonNullable<ChangeRequest['status']>['checks']>} checks */
export const checksView = checks =>
  checks.length === 0
    ? h('p', { class: 'quiet' }, 'Nothing has been checked yet.')
    : h(
        'ul',
        { class: 'rows' },
        checks.map(({ name, state, message }) => {
          const [first, ...rest] = message.split('\n');
          return h(
            'li',
            { key: name },
            badge(toneOf('check', state), `${name}: ${state.toLowerCase()}`),
            h('p', {}, first),
            rest.length > 0 && h('pre', { tabindex: 0, 'aria-label': `What ${name} says` }, rest.join('\n')),
          );
        }),
      );

/** @param {string} team @param {NonNullable<NonNullable<ChangeRequest['status']>['environments']>} environments @param {number} now */
export const environmentsView = (team, environments, now) =>
  environments.length === 0
    ? h(
        'p',
        { class: 'quiet' },
        'None came from it. A file of an EnvironmentRequest, or a preview, brings one.',
      )
    : h(
        'ul',
        { class: 'rows' },
        environments.map(({ name, state, url, expiresAt }) =>
          h(
            'li',
            { key: name },
            h('b', {}, h('a', { href: environmentLink(team, name) }, name)),
            expiresAt && h('span', { class: 'quiet', title: expiresAt }, `goes ${until(expiresAt, now)}`),
            h('p', {}, state),
            webAddress(url) && h('p', {}, h('a', { href: url }, url)),
          ),
        ),
      );

/** @param {ChangeRequest} change */
export const commitsView = ({ status }) => {
  const { commits = [], size } = status ?? {};
  const all = size?.commits ?? commits.length;
  if (all === 0) return h('p', { class: 'quiet' }, 'No commit that the target branch has not.');
  return [
    h(
      'ul',
      { class: 'rows' },
      commits
        .slice(0, shown)
        .map(({ commit, subject, author }) =>
          h(
            'li',
            { key: commit },
            h('code', { class: 'quiet', title: commit }, shortCommit(commit)),
            h('span', {}, subject),
            h('span', { class: 'quiet' }, author),
          ),
        ),
    ),
    all > shown && h('p', { class: 'quiet' }, `The newest ${shown} of ${all}.`),
  ];
};

/** @param {ChangeRequest} change */
export const filesView = ({ status }) => {
  const { files = [], size } = status ?? {};
  const all = size?.files ?? files.length;
  if (all === 0) return h('p', { class: 'quiet' }, 'No file differs.');
  return [
    h(
      'ul',
      { class: 'files' },
      files
        .slice(0, shown)
        .map(({ path, added, removed }) =>
          h(
            'li',
            { key: path },
            h('code', {}, path),
            h(
              'span',
              { class: 'figure' },
              h('span', { class: 'added' }, `+${added}`),
              ' ',
              h('span', { class: 'removed' }, `−${removed}`),
            ),
          ),
        ),
    ),
    all > shown && h('p', { class: 'quiet' }, `The first ${shown} of ${all}.`),
  ];
};
