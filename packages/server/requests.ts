import type { PromotionWish } from '@causeway/capabilities';
import { PlatformError } from '@causeway/model';

const longestText = 256;

/** The one optional text field of an action’s body: `{"ref": "main"}`. Anything else is a mistake, and said. */
export const actionBody = (body: unknown, field: string): string | undefined => {
  if (body === undefined || body === null) return undefined;
  const value =
    typeof body === 'object' && Object.hasOwn(body, field)
      ? (body as Record<string, unknown>)[field]
      : undefined;
  const known = typeof body === 'object' && Object.keys(body).every(key => key === field);
  if (
    !known ||
    (value !== undefined && (typeof value !== 'string' || value === '' || value.length > longestText))
  )
    throw new PlatformError(
      'BadRequest',
      `the body must be {} or {"${field}": "…"} with at most ${longestText} characters`,
    );
  return value as string | undefined;
};

const isText = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value !== '' && value.length <= longestText);

/** The optional text fields of an action’s body. Anything else is a mistake, and said. */
export const actionFields = <Name extends string>(
  body: unknown,
  names: readonly Name[],
): Partial<Record<Name, string>> => {
  const fields = Object.entries(typeof body === 'object' && body !== null ? body : {});
  const isKnown = ([name, value]: [string, unknown]): boolean =>
    names.includes(name as Name) && isText(value);
  const isObject = typeof body === 'object' && !Array.isArray(body);
  if ((body !== undefined && !isObject) || !fields.every(isKnown))
    throw new PlatformError(
      'BadRequest',
      `the body must be {} or have some of ${names.join(', ')}, each a text of at most ${longestText} characters`,
    );
  return Object.fromEntries(fields) as Partial<Record<Name, string>>;
};

/** What is to be promoted: `{"to": "production"}`. */
export const promotionWish = (body: unknown): PromotionWish => {
  const { approve, ...rest } = (typeof body === 'object' && body !== null ? body : {}) as {
    approve?: unknown;
  };
  if (approve !== undefined && typeof approve !== 'boolean')
    throw new PlatformError('BadRequest', 'approve must be true or false');
  const { to, ...wish } = actionFields(rest, ['to', 'from', 'release']);
  if (to === undefined)
    throw new PlatformError('BadRequest', 'to must name a standing environment: {"to": "production"}');
  return { to, ...wish, ...(approve ? { approve } : {}) };
};

/** `release=7`, `release=orders.7` or `previous=true` of a service’s log. */
export const releaseQuery = (query: URLSearchParams): { named: string } | 'previous' | undefined => {
  const named = query.get('release');
  const previous = query.get('previous') === 'true';
  if (named !== null && previous)
    throw new PlatformError('BadRequest', 'release and previous exclude each other');
  if (named !== null && (named === '' || named.length > longestText))
    throw new PlatformError('BadRequest', 'release must be the name or the sequence of a release');
  return named === null ? (previous ? 'previous' : undefined) : { named };
};

/** `follow=true` and `tail=100` of a log’s address. */
export const logQuery = (query: URLSearchParams): { follow: boolean; tail?: number } => {
  const tail = query.get('tail');
  if (tail !== null && !/^\d{1,6}$/.test(tail))
    throw new PlatformError('BadRequest', 'tail must be a number of lines, at most 999999');
  return { follow: query.get('follow') === 'true', ...(tail === null ? {} : { tail: Number(tail) }) };
};

/** The team that someone means where none is named: the platform’s default if they have a role in it, else the first of theirs. */
export const ownTeam = (
  defaultTeam: string,
  teams: readonly string[],
  hasRole: (team: string) => boolean,
): string => {
  const [first = defaultTeam] = [defaultTeam, ...teams.toSorted()].filter(hasRole);
  return first;
};
