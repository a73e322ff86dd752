import { address } from './api.js';
import { h, patch } from './element.js';

/**
 * Asks before something happens. Resolves to whether to do it.
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @returns {Promise<boolean>}
 */
const confirmed = (title, text, action) =>
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

/**
 * Serves a kept release again, once the person has said so. Resolves to whether it was asked for.
 * @param {import('./api.js').Api} api
 * @param {{ team: string, name: string }} service
 * @param {string} release
 * @param {boolean} older than what serves now
 */
export const rollBack = async (api, service, release, older) => {
  const text = `${release} takes the traffic of ${service.name} as soon as it is ready. It holds until a newer push or deploy.`;
  const [title, action] = older
    ? [`Roll back to ${release}?`, 'Roll back']
    : [`Serve ${release}?`, 'Serve it'];
  if (!(await confirmed(title, text, action))) return false;
  await api.json(`${address('services', service)}/rollback`, { method: 'POST', body: { to: release } });
  return true;
};
