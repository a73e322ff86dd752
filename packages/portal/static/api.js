import { lines } from './lines.js';

/** What went wrong, in the words of the platform: what, why, evidence, what to do next. */
export class Failure extends Error {
  /**
   * @param {{ code: string, message: string, evidence?: string[], next?: string, fields?: { field: string, message: string }[] }} said
   * @param {number} [status]
   */
  constructor({ code, message, evidence = [], next, fields = [] }, status = 0) {
    super(message);
    this.code = code;
    this.evidence = evidence;
    this.next = next;
    /** What is wrong with single fields: `spec.lifetime`. */
    this.fields = fields;
    /** The HTTP status; 0 when nothing answered. */
    this.status = status;
  }
}

/**
 * A failed answer as a Failure: a Kubernetes Status (`details.causes` carry code, evidence and next), problem details
 * of RFC 9457, or whatever else came.
 * @param {number} status
 * @param {string} text
 */
export const failureOf = (status, text) => {
  /** @type {any} */
  let body;
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    body = {};
  }
  /** @type {{ reason: string, message: string, field?: string }[]} */
  const causes = Array.isArray(body.details?.causes) ? body.details.causes : [];
  /** @param {string} reason @returns {string[]} */
  const having = reason => causes.filter(cause => cause.reason === reason).map(cause => cause.message);
  const [code = body.code ?? body.reason ?? `HTTP ${status}`] = having('Code');
  const [next = body.next] = having('Next');
  const message = String(body.message ?? body.detail ?? body.title ?? `The platform answered ${status}.`);
  const evidence = having('Evidence').concat(Array.isArray(body.evidence) ? body.evidence : []);
  const fields = causes.flatMap(({ field, message }) => (field ? [{ field, message }] : []));
  // The server joins a special next step to the message, for kubectl, which shows nothing else.
  const plain = next && message.endsWith(`. ${next}`) ? message.slice(0, -next.length - 1) : message;
  return new Failure({ code: String(code), message: plain, evidence, next, fields }, status);
};

/** @typedef {{ method?: string, body?: unknown, signal?: AbortSignal | undefined, accept?: string }} Asking */

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * The platform’s API for one token. Everything throws Failure; `onRefused` hears of a token that is no longer taken.
 * @param {string} token
 * @param {(failure: Failure) => void} [onRefused]
 */
export const createApi = (token, onRefused) => {
  /** @param {string} path @param {Asking} [asking] */
  const open = async (path, { method = 'GET', body, signal, accept = 'application/json' } = {}) => {
    /** @type {Record<string, string>} */
    const headers = { authorization: `Bearer ${token}`, accept };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    }).catch(error => {
      if (signal?.aborted) throw error;
      throw new Failure({
        code: 'Unavailable',
        message: 'The platform does not answer.',
        next: 'See whether it runs: `platform status`. Start it: `platform up`.',
      });
    });
    if (response.ok) return response;
    const failure = failureOf(response.status, await response.text());
    if (response.status === 401) onRefused?.(failure);
    throw failure;
  };
  return {
    /** @param {string} path @param {Asking} [asking] @returns {Promise<any>} */
    json: async (path, asking) => (await open(path, asking)).json(),
    /** Text as it is, whatever its type. @param {string} path @param {Asking} [asking] */
    text: async (path, asking) => (await open(path, asking)).text(),
    /** @param {string} path @param {Asking} [asking] @returns {AsyncGenerator<string>} */
    async *lines(path, asking) {
      const { body } = await open(path, asking);
      if (body) yield* lines(body);
    },
  };
};

const group = '/apis/causeway.dev/v1';

/**
 * The address of a kind’s objects: all of them, a team’s, or one.
 * @param {string} plural
 * @param {{ team?: string | undefined, name?: string, service?: string }} [which] `service` selects what belongs to it.
 */
export const address = (plural, { team, name, service } = {}) =>
  group +
  (team ? `/namespaces/${encodeURIComponent(team)}` : '') +
  `/${plural}` +
  (name ? `/${encodeURIComponent(name)}` : '') +
  (service ? `?fieldSelector=${encodeURIComponent(`spec.service=${service}`)}` : '');

/** Who the bearer of the token is. @param {Api} api @returns {Promise<string>} */
export const whoAmI = async api => {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  return (await api.json(path, { method: 'POST', body: review })).status.userInfo.username;
};

/**
 * Whether the bearer may change such objects of a team. When that cannot be asked, yes: the platform judges each change anyway.
 * @param {Api} api @param {string} team @param {string} plural @param {AbortSignal} signal
 */
export const mayChange = async (api, team, plural, signal) => {
  const resourceAttributes = { group: 'causeway.dev', resource: plural, namespace: team, verb: 'update' };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const review = await api.json(path, { method: 'POST', body, signal }).catch(() => undefined);
  return review?.status?.allowed !== false;
};
