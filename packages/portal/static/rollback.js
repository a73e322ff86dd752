import { address } from './api.js';
import { confirmed } from './confirmed.js';

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
