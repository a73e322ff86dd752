import type { Access, PlainRoute, RouteRequest } from '@causeway/api';
import {
  beginReplay,
  explainDocument,
  explainObject,
  type PolicyRegistry,
  type ReplayParts,
} from '@causeway/capabilities';
import type { DecisionQuery, Engine } from '@causeway/engine';
import {
  type Fields,
  isFields,
  type KindDefinition,
  kindId,
  PlatformError,
  type Policy,
  PolicyKind,
  ServiceKind,
} from '@causeway/model';

export interface PolicyRoutesParts {
  readonly engine: Engine;
  readonly access: Access;
  readonly kinds: readonly KindDefinition[];
  readonly registry: PolicyRegistry;
  readonly replay: ReplayParts;
}

const mostDecisions = 1000;

const bad = (message: string): PlatformError => new PlatformError('BadRequest', message);

const textIn = (query: URLSearchParams, name: string): string | undefined => {
  const value = query.get(name) ?? undefined;
  if (value !== undefined && value.length > 300) throw bad(`${name} is longer than 300 characters`);
  return value;
};

const timeIn = (value: unknown): string => {
  if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
  throw bad('since must be a time such as 2026-01-31T00:00:00Z');
};

const countIn = (query: URLSearchParams, name: string, most: number): number | undefined => {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^\d{1,15}$/.test(value) || Number(value) < 1 || Number(value) > most)
    throw bad(`${name} must be a number from 1 to ${most}`);
  return Number(value);
};

/** What policies decided, why, and what they would decide. Everybody sees what concerns their teams. */
export const policyRoutes = ({
  engine,
  access,
  kinds,
  registry,
  replay,
}: PolicyRoutesParts): PlainRoute[] => {
  /** The teams whose decisions somebody may see; `undefined` is all. Who owns a policy sees what it says of anybody. */
  const visible = (user: string, policy: string | undefined): readonly string[] | undefined => {
    const owner =
      policy === undefined
        ? undefined
        : engine.store.peek(PolicyKind, { namespace: '', name: policy })?.spec.owner;
    if (owner !== undefined && access.roleIn(user, owner) === 'owner') return undefined;
    const teams = access.authorize(user, { verb: 'list', kind: ServiceKind, namespace: '' });
    return teams && [...teams];
  };

  const readDecisions = async ({ query, actor }: RouteRequest): Promise<object> => {
    const policy = textIn(query, 'policy');
    const team = textIn(query, 'team');
    const allowed = visible(actor.user, policy);
    if (team !== undefined && allowed && !allowed.includes(team))
      throw new PlatformError('Forbidden', `you may not see what was decided of the team ${team}`);
    const teams = team === undefined ? allowed : [team];
    const since = query.get('since');
    const before = countIn(query, 'before', Number.MAX_SAFE_INTEGER);
    const limit = countIn(query, 'limit', mostDecisions) ?? 100;
    const exact = Object.fromEntries(
      (['place', 'kind', 'name'] as const).flatMap(name => {
        const value = textIn(query, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const asked: DecisionQuery = {
      ...exact,
      ...(policy === undefined ? {} : { policy }),
      ...(teams ? { teams } : {}),
      ...(since === null ? {} : { since: timeIn(since) }),
      ...(before === undefined ? {} : { before }),
      denied: query.get('denied') === 'true',
      inputs: query.get('inputs') === 'true',
      limit,
    };
    const decisions = await engine.decisions.read(asked);
    const last = decisions.at(-1);
    return { decisions, ...(decisions.length === limit && last ? { before: last.seq } : {}) };
  };

  const bodyOf = async (request: RouteRequest, fields: readonly string[]): Promise<Fields> => {
    const body = await request.body();
    if (isFields(body) && Object.keys(body).every(name => fields.includes(name))) return body;
    throw bad(`the body must be an object with ${fields.join(', ')}`);
  };

  const kindNamed = (name: unknown): KindDefinition => {
    const found = kinds.find(kind => kindId(kind) === name || kind.kind === name);
    if (found) return found;
    throw bad('kind must name a kind that is served, such as Service');
  };

  const explain = async (request: RouteRequest): Promise<object> => {
    const body = await bodyOf(request, ['kind', 'namespace', 'name', 'document', 'team', 'environment']);
    const { user } = request.actor;
    const { document, namespace = '', name, team, environment } = body;
    if (isFields(document)) {
      const own = isFields(document.metadata) ? document.metadata.namespace : undefined;
      const whose = [own, team].find(one => typeof one === 'string' && one !== '');
      if (typeof whose === 'string') access.requireRole(user, 'viewer', whose, 'explain a document');
      return explainDocument(registry, document, {
        user,
        time: new Date(engine.clock.now()).toISOString(),
        ...(typeof team === 'string' ? { team } : {}),
        ...(typeof environment === 'string' ? { environment } : {}),
      });
    }
    if (typeof name !== 'string' || typeof namespace !== 'string')
      throw bad('the body must name kind, namespace and name, or hold a document');
    const kind = kindNamed(body.kind);
    access.authorize(user, { verb: 'get', kind, namespace, name });
    return explainObject({ engine, registry }, kind, { namespace, name }, request.actor);
  };

  const candidateIn = (given: unknown): Policy['spec'] | undefined => {
    if (given === undefined) return undefined;
    const result = PolicyKind.spec.safeParse(given);
    if (result.success) return result.data as Policy['spec'];
    throw new PlatformError('Invalid', 'the candidate is no policy', {
      causes: result.error.issues.map(({ path, message }) => ({
        field: ['candidate', ...path].join('.'),
        message,
      })),
    });
  };

  /** A report of much takes minutes: until it is there, blank lines keep whoever waits from giving up. JSON ignores them. */
  const replayAgain = async (request: RouteRequest): Promise<AsyncIterable<string>> => {
    const { policy, candidate, since } = await bodyOf(request, ['policy', 'candidate', 'since']);
    if (typeof policy !== 'string' || policy === '') throw bad('policy must name a policy');
    const given = candidateIn(candidate);
    const teams = visible(request.actor.user, policy);
    const pages = await beginReplay(
      replay,
      { policy, since: timeIn(since), ...(given ? { candidate: given } : {}), ...(teams ? { teams } : {}) },
      request.signal,
    );
    return (async function* () {
      for (;;) {
        const { done, value } = await pages.next();
        yield done ? JSON.stringify(value) : '\n';
        if (done) return;
      }
    })();
  };

  return [
    { method: 'GET', path: '/api/policy/decisions', role: 'any', handle: readDecisions },
    { method: 'POST', path: '/api/policy/explain', role: 'any', handle: explain },
    {
      method: 'POST',
      path: '/api/policy/replay',
      role: 'any',
      contentType: 'application/json',
      handle: replayAgain,
    },
  ];
};
