import { address } from './api.js';
import { confirmed } from './confirmed.js';

/** @typedef {'approve' | 'comment' | 'merge' | 'close' | 'reopen'} ChangeAction */

/** How a merge may be made, and what each makes. */
export const mergeMethods = /** @type {const} */ ({
  merge: 'Merge commit',
  squash: 'Squash into one commit',
  'fast-forward': 'Fast-forward',
});

/** @param {string} name @param {string} target @param {string} method */
const question = (name, target, method) => ({
  title: `Merge ${name} into ${target}?`,
  text: `${mergeMethods[/** @type {keyof typeof mergeMethods} */ (method)]}. It is a push by you: it is built and released, and its files are applied.`,
});

/**
 * Does something with a change request; a merge is asked for first. Resolves to whether it was done.
 * @param {import('./api.js').Api} api
 * @param {import('@causeway/model').ChangeRequest} change
 * @param {ChangeAction} action
 * @param {Record<string, string>} body
 * @param {AbortSignal} signal
 */
export const actOnChange = async (api, { metadata, spec }, action, body, signal) => {
  const { name, namespace: team } = metadata;
  if (action === 'merge') {
    const { title, text } = question(name, spec.target, body.method ?? 'merge');
    if (!(await confirmed(title, text, 'Merge'))) return false;
  }
  await api.json(`${address('changerequests', { team, name })}/${action}`, { method: 'POST', body, signal });
  return true;
};
