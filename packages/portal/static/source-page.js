import { copyable } from './copy.js';
import { h } from './element.js';
import { failureNote } from './failure-note.js';

/** JSON set out for reading; anything else as it is. @param {string} text */
export const readable = text => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/**
 * What the API answers at an address: the data behind a figure, or a build’s log.
 * @param {import('./portal.js').Context} context
 * @param {{ address: string }} route
 */
export const sourcePage = ({ api, signal, refresh }, { address }) => {
  /** @type {string | undefined} */
  let text;
  /** @type {any} */
  let failure;
  api
    .text(address, { signal, accept: '*/*' })
    .then(answer => {
      text = readable(answer);
    })
    .catch(error => {
      failure = error;
    })
    .finally(refresh);
  return {
    title: address,
    view: () => [
      h(
        'div',
        { key: 'head', class: 'head' },
        h('h1', {}, 'Source'),
        h(
          'p',
          { class: 'quiet' },
          'What the API answers now. In a terminal, after ',
          h('code', {}, 'platform kubeconfig'),
          ':',
        ),
        copyable(`kubectl get --raw '${address.replaceAll("'", '%27')}'`, 'the command'),
      ),
      failure && failureNote(failure, 'This cannot be read'),
      text !== undefined &&
        h('pre', { class: 'json', tabindex: 0, 'aria-label': address }, text || 'It is empty.'),
    ],
  };
};
