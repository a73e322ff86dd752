import { h } from './element.js';
import { sourceLink } from './route.js';

/**
 * Where figures come from: a link to the data they were computed from.
 * @param {string} address
 * @param {string} what
 */
export const source = (address, what) =>
  h('a', { class: 'source', href: sourceLink(address), 'aria-label': `${what}: the data, as JSON` }, 'JSON');

/**
 * @param {string} title
 * @param {string} address of the data it shows
 * @param {...import('./element.js').Content} content
 */
export const section = (title, address, ...content) =>
  h(
    'section',
    { key: title },
    h('div', { class: 'heading' }, h('h2', {}, title), source(address, title)),
    content,
  );
