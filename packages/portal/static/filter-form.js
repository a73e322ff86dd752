import { h } from './element.js';

/**
 * What narrows a list: words, and the team.
 * @param {{ team: string, text: string, teams: readonly string[], what: string, placeholder: string,
 *   onFilter?: ((filter: { team?: string, text?: string }) => void) | undefined }} state `what`: the services
 * @param {...import('./element.js').Content} more
 */
export const filterForm = ({ team, text, teams, what, placeholder, onFilter }, ...more) =>
  h(
    'form',
    {
      key: 'filter',
      class: 'filter',
      role: 'search',
      onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
    },
    h('input', {
      id: 'text',
      type: 'search',
      value: text,
      placeholder,
      'aria-label': `Filter ${what}`,
      'aria-keyshortcuts': '/',
      oninput: (/** @type {any} */ event) => onFilter?.({ text: event.target.value }),
    }),
    h(
      'select',
      {
        value: team,
        'aria-label': 'Team',
        onchange: (/** @type {any} */ event) => onFilter?.({ team: event.target.value }),
      },
      h('option', { value: '' }, 'All teams'),
      [...new Set([...teams, ...(team ? [team] : [])])]
        .sort()
        .map(name => h('option', { key: name, value: name }, name)),
    ),
    more,
  );
