/**
 * The addresses of the pages, in the URL’s fragment: `#/services?team=a`, `#/services/TEAM/NAME`, `#/teams`,
 * `#/environments?team=a`, `#/environments/TEAM/NAME`, `#/environments/new?team=a`, `#/changes?team=a&text=b&state=all`,
 * `#/changes/TEAM/NAME`, `#/source/apis/…`.
 *
 * @typedef {{ page: 'services', team: string, text: string } | { page: 'service', team: string, name: string }
 *   | { page: 'environments', team: string, text: string } | { page: 'environment', team: string, name: string }
   | { page: 'environment-request', team: string }
   | { page: 'changes', team: string, text: string, all: boolean } | { page: 'change', team: string, name: string }
   | { page: 'teams' } | { page: 'source', address: string } | { page: 'unknown' }} Route
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
  const filter = { team: given.get('team') ?? '', text: given.get('text') ?? '' };
  if (page === 'environments' && rest.length === 0) return { page: 'environments', ...filter };
  if (page === 'environments' && rest.length === 1 && rest[0] === 'new')
    return { page: 'environment-request', team: filter.team };
  if (page === 'environments' && rest.length === 2 && rest[0] && rest[1])
    return { page: 'environment', team: decode(rest[0]), name: decode(rest[1]) };
  if (page === 'changes' && rest.length === 0)
    return { page: 'changes', ...filter, all: given.get('state') === 'all' };
  if (page === 'changes' && rest.length === 2 && rest[0] && rest[1])
    return { page: 'change', team: decode(rest[0]), name: decode(rest[1]) };
  if (page === 'teams' && rest.length === 0) return { page: 'teams' };
  // Only this platform’s API is read: never another place that a prepared link names.
  if (page === 'source' && (rest[0] === 'api' || rest[0] === 'apis') && !rest.includes('..'))
    return { page: 'source', address: `/${rest.join('/')}${query ? `?${query}` : ''}` };
  return { page: 'unknown' };
};

/** @param {string} page @param {Record<string, string | undefined>} filter */
const listLink = (page, filter) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  return `#/${page}${query.size ? `?${query}` : ''}`;
};

/** @param {{ team?: string | undefined, text?: string }} [filter] */
export const servicesLink = ({ team, text } = {}) => listLink('services', { team, text });

/** @param {{ team?: string | undefined, text?: string }} [filter] */
export const environmentsLink = ({ team, text } = {}) => listLink('environments', { team, text });

/** @param {{ team?: string | undefined, text?: string, all?: boolean }} [filter] */
export const changesLink = ({ team, text, all } = {}) =>
  listLink('changes', { team, text, state: all ? 'all' : undefined });

/** The form that asks for an environment. @param {string} [team] */
export const environmentRequestLink = team => listLink('environments/new', { team });

/** @param {string} team @param {string} name */
export const serviceLink = (team, name) =>
  `#/services/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;

/** @param {string} team @param {string} name */
export const environmentLink = (team, name) =>
  `#/environments/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;

/** @param {string} team @param {string} name */
export const changeLink = (team, name) => `#/changes/${encodeURIComponent(team)}/${encodeURIComponent(name)}`;

/** The page that shows the data behind a figure. @param {string} address */
export const sourceLink = address => `#/source${address}`;
