/**
 * The addresses of the pages, in the URL’s fragment: `#/services?team=a`, `#/services/TEAM/NAME`, `#/teams`,
 * `#/source/apis/…`.
 *
 * @typedef {{ page: 'services', team: string, text: string } | { page: 'service', team: string, name: string }
 *   | { page: 'teams' } | { page: 'source', address: string } | { page: 'unknown' }} Route
 */

/** @param {string} part */
const decode = part => {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
};

/** @param {string} hash @returns {Route} */
export const parseRoute = hash => {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const [, page, ...rest] = path.split('/');
  const given = new URLSearchParams(query);
  if (!page || (page === 'services' && rest.length === 0))
    return { page: 'services', team: given.get('team') ?? '', text: given.get('text') ?? '' };
  if (page === 'services' && rest.length === 2 && rest[0] && rest[1])
    return { page: 'service', team: decode(rest[0]), name: decode(rest[1]) };
  if (page === 'teams' && rest.length === 0) return { page: 'teams' };
  // Only this platform’s API is read: never another place that a prepared link names.
  if (page === 'source' && (rest[0] === 'api' || rest[0] === 'apis') && !rest.includes('..'))
    return { page: 'source', address: `/${rest.join('/')}${query ? `?${query}` : ''}` };
  return { page: 'unknown' };
};

/** @param {{ team?: string, text?: string }} [filter] */
export const servicesLink = ({ team, text } = {}) => {
  const query = new URLSearchParams();
  if (team) query.set('team', team);
  if (text) query.set('text', text);
  return `#/services${query.size ? `?${query}` : ''}`;
};

/** @param {string} team @param {string} name */
export const serviceLink = (team, name) =>
  `#/services/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;

/** The page that shows the data behind a figure. @param {string} address */
export const sourceLink = address => `#/source${address}`;
