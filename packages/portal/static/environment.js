/**
 * What people call an environment: what was asked for, what there is of it, or both.
 *
 * @typedef {import('@causeway/model').Environment} Environment
 * @typedef {import('@causeway/model').EnvironmentRequest} EnvironmentRequest
 * @typedef {{ team: string, name: string, request: EnvironmentRequest | undefined, environment: Environment | undefined }} Found
 */

/** @param {Found} found */
const isGone = ({ request, environment }) => !environment && request?.status?.phase === 'Gone';

/**
 * Requests with what was made from them, and environments that nobody asked for with one; by team and name, those that are gone
 * last.
 * @param {readonly EnvironmentRequest[]} requests
 * @param {readonly Environment[]} environments
 * @returns {Found[]}
 */
export const pairsOf = (requests, environments) => {
  /** @type {Map<string, Found>} */
  const byPlace = new Map();
  /** @param {EnvironmentRequest | Environment} one */
  const at = ({ metadata: { namespace = '', name } }) => {
    const place = `${namespace}/${name}`;
    const found = byPlace.get(place) ?? { team: namespace, name, request: undefined, environment: undefined };
    byPlace.set(place, found);
    return found;
  };
  for (const request of requests) at(request).request = request;
  for (const environment of environments) at(environment).environment = environment;
  return [...byPlace]
    .sort(([a, one], [b, other]) => Number(isGone(one)) - Number(isGone(other)) || (a < b ? -1 : 1))
    .map(([, found]) => found);
};

/** The one of the two that tells of it: the request also while there is nothing of it. @param {Found} found */
export const subjectOf = ({ request, environment }) =>
  /** @type {EnvironmentRequest | Environment} */ (request ?? environment);

/** @param {Found} found */
export const typeOf = ({ environment }) => environment?.spec.type ?? 'requested';

/** @param {Found} found */
export const phaseOf = found => subjectOf(found).status?.phase ?? 'Provisioning';

/**
 * What somebody wants to run instead of what production serves.
 * @param {import('@causeway/model').EnvironmentService | undefined} wanted
 */
const originOf = ({ branch, revision, changeRequest } = { name: '' }) => {
  if (branch) return `branch ${branch}`;
  if (revision) return `revision ${revision}`;
  return changeRequest === undefined ? undefined : `change request ${changeRequest}`;
};

/** What runs in it, in the order of what was asked for; of a standing one only those whose address is known. @param {Found} found */
export const servicesOf = found => {
  const { spec, status } = subjectOf(found);
  const told = status?.progress ?? [];
  const names = [...told.map(({ name }) => name), ...(spec.services ?? []).map(({ name }) => name)];
  const urls = { ...status?.urls };
  return [...new Set([...names, ...Object.keys(urls)])].map(name => {
    const progress = told.find(one => one.name === name);
    const wanted = spec.services?.find(one => one.name === name);
    return { name, progress, url: progress?.url ?? urls[name], from: originOf(wanted) };
  });
};

/** The file in git that asks for it: `platform/staging.yaml of payments-api`. @param {Found} found */
export const fileOf = found => {
  const { annotations = {} } = subjectOf(found).metadata;
  const path = annotations['causeway.dev/source-path'];
  const source = annotations['causeway.dev/source'];
  return path && source ? `${path} of ${source}` : path;
};
