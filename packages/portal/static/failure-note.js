import { h } from './element.js';

/** Words with `commands` in them, as the error catalogue writes them. @param {string} text */
export const prose = text =>
  text.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));

/**
 * A failure for a person: what, evidence, what to do next.
 * @param {{ code: string, message: string, evidence: readonly string[], next?: string | undefined }} failure
 * @param {string} title
 */
export const failureNote = (failure, title) =>
  h(
    'section',
    { key: 'failure', class: 'note bad', 'aria-label': title },
    h('h2', {}, title),
    h('p', {}, prose(failure.message), ' ', h('span', { class: 'quiet' }, failure.code)),
    failure.evidence.length > 0 &&
      h('pre', { tabindex: 0, 'aria-label': 'Evidence' }, failure.evidence.join('\n')),
    failure.next && h('p', { class: 'next' }, h('b', {}, 'Next: '), prose(failure.next)),
  );
