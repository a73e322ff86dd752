import { address } from './api.js';
import { confirmed } from './confirmed.js';
import { fileOf, phaseOf, servicesOf, subjectOf, typeOf } from './environment.js';

/**
 * Something to do with an environment. `ask` is what is asked before.
 * @typedef {{ name: string, said: string, method: 'POST' | 'DELETE', path: string, body?: object,
 *   ask?: { title: string, text: string } }} Action
 */

/** @param {import('./environment.js').Found} found */
const deletion = found => {
  const { team, name, request, environment } = found;
  const file = fileOf(found);
  // One that a file keeps up would be asked for again at once: then only what there is of it goes.
  const plural = request && !(file && environment) ? 'environmentrequests' : 'environments';
  const names = servicesOf(found).map(one => one.name);
  const what =
    names.length > 0 ? `What runs in it ends with it: ${names.join(', ')}.` : 'What is in it goes.';
  const text = file
    ? `${what} It comes from the file ${file}: remove that as well, or a change of it asks for it again.`
    : what;
  return {
    name: 'Delete',
    said: `${name} is being deleted.`,
    method: /** @type {const} */ ('DELETE'),
    path: address(plural, { team, name }),
    ask: { title: `Delete ${name}?`, text },
  };
};

/**
 * What can be done with an environment as it is, for who may.
 * @param {import('./environment.js').Found} found
 * @returns {Action[]}
 */
export const actionsOf = found => {
  const { team, name, request, environment } = found;
  const phase = phaseOf(found);
  const own = address('environments', { team, name });
  /** @param {string} word @param {string} action @param {string} said @param {object} [body] @returns {Action} */
  const post = (word, action, said, body = {}) => ({
    name: word,
    said,
    method: 'POST',
    path: `${own}/${action}`,
    body,
  });
  if (typeOf(found) === 'standing' || phase === 'Deleting') return [];
  if (phase === 'Gone')
    return [
      {
        name: 'Recreate',
        said: `${name} is made again.`,
        method: 'POST',
        path: `${address('environmentrequests', { team, name })}/recreate`,
        body: {},
      },
      ...(fileOf(found) ? [] : [{ ...deletion(found), name: 'Forget' }]),
    ];
  if (!environment) return request ? [deletion(found)] : [];
  const failed = (subjectOf(found).status?.progress ?? []).some(({ step }) => step === 'Failed');
  return [
    ...(failed ? [post('Retry', 'retry', 'What failed is tried again.')] : []),
    post('Extend 7 days', 'extend', `${name} lasts 7 days longer.`, { by: '7d' }),
    phase === 'Asleep'
      ? post('Wake', 'wake', `${name} wakes.`)
      : post('Sleep', 'sleep', `${name} falls asleep.`),
    deletion(found),
  ];
};

/**
 * Does it, once the person has said so where that is asked. Resolves to whether it was done.
 * @param {import('./api.js').Api} api
 * @param {Action} action
 * @param {AbortSignal} signal
 */
export const act = async (api, { name, method, path, body, ask }, signal) => {
  if (ask && !(await confirmed(ask.title, ask.text, name))) return false;
  await api.json(path, { method, body, signal });
  return true;
};
