import { h, patch } from './element.js';

/**
 * Asks before something happens. Resolves to whether to do it.
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @returns {Promise<boolean>}
 */
export const confirmed = (title, text, action) =>
  new Promise(resolve => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-labelledby', 'question');
    patch(
      dialog,
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'question' }, title),
        h('p', {}, text),
        h(
          'p',
          { class: 'choice' },
          h('button', { value: 'no' }, 'Cancel'),
          h('button', { value: 'yes', class: 'main' }, action),
        ),
      ),
    );
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    };
    document.body.append(dialog);
    dialog.showModal();
  });
