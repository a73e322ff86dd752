import type { ListOptions, WatchOptions } from '@causeway/engine';
import { type ErrorCause, PlatformError } from '@causeway/model';
import { flag } from '../http/call.ts';
import type { KrmRequest } from './krm-request.ts';
import { numberParameter, versionParameter } from './selection.ts';

const forbidden = (field: string, why: string): ErrorCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

const unsupported = (value: string, supported: readonly string[]): ErrorCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value.slice(0, 80))}: supported values: ${supported.map(one => JSON.stringify(one)).join(', ')}`,
  field: 'resourceVersionMatch',
});

const match = 'resourceVersionMatch';
const initial = 'sendInitialEvents';

/** What is wrong with how a list asks, in the words of k8s.io/apimachinery/pkg/apis/meta/internalversion/validation. */
const listProblems = (query: URLSearchParams): ErrorCause[] => {
  const wanted = query.get(match);
  const version = query.get('resourceVersion');
  const problems: ErrorCause[] = [];
  if (wanted) {
    if (!version) problems.push(forbidden(match, `${match} is forbidden unless resourceVersion is provided`));
    if (query.get('continue'))
      problems.push(forbidden(match, `${match} is forbidden when continue is provided`));
    if (wanted !== 'Exact' && wanted !== 'NotOlderThan')
      problems.push(unsupported(wanted, ['Exact', 'NotOlderThan', '']));
    if (wanted === 'Exact' && version === '0')
      problems.push(forbidden(match, `${match} "exact" is forbidden for resourceVersion "0"`));
  }
  if (query.has(initial)) problems.push(forbidden(initial, `${initial} is forbidden for list`));
  return problems;
};

/** As `listProblems`, of a watch. */
const watchProblems = (query: URLSearchParams): ErrorCause[] => {
  const wanted = query.get(match);
  const problems: ErrorCause[] = [];
  if (query.has(initial) && wanted !== 'NotOlderThan')
    problems.push(forbidden(match, `${initial} requires setting ${match} to NotOlderThan`));
  if (wanted) {
    if (!query.has(initial))
      problems.push(forbidden(match, `${match} is forbidden for watch unless ${initial} is provided`));
    if (wanted !== 'NotOlderThan') problems.push(unsupported(wanted, ['NotOlderThan']));
  }
  if (query.get('continue'))
    problems.push(forbidden(match, `${match} is forbidden when continue is provided`));
  return problems;
};

const refuse = (causes: readonly ErrorCause[]): void => {
  if (causes.length === 0) return;
  const all = causes.map(({ field, message }) => `${field}: ${message}`);
  throw new PlatformError(
    'Invalid',
    `ListOptions.meta.k8s.io "" is invalid: ${all.length === 1 ? all[0] : `[${all.join(', ')}]`}`,
    { causes },
  );
};

/** Which version a list shows, and how much of it. Throws `Invalid` for what contradicts itself. */
export const listOptions = (
  request: KrmRequest,
): Pick<ListOptions, 'limit' | 'continue' | 'resourceVersion' | 'resourceVersionMatch'> => {
  const { query } = request.call;
  refuse(listProblems(query));
  const limit = numberParameter(request, 'limit') ?? 0;
  const version = versionParameter(request);
  const next = query.get('continue');
  const wanted = query.get(match);
  return {
    ...(limit > 0 ? { limit } : {}),
    ...(next ? { continue: next } : {}),
    ...(version ? { resourceVersion: version } : {}),
    ...(wanted === 'Exact' || wanted === 'NotOlderThan' ? { resourceVersionMatch: wanted } : {}),
  };
};

/** A watch without `timeoutSeconds` lasts so long; clients go on from where it ended. */
const longestSeconds = 3600;

/** Where a watch begins and when it ends. Throws `Invalid` for what contradicts itself. */
export const watchOptions = (
  request: KrmRequest,
): Pick<WatchOptions, 'resourceVersion' | 'sendInitialEvents' | 'bookmarks'> & { endsAfterMs: number } => {
  const { query } = request.call;
  refuse(watchProblems(query));
  const version = versionParameter(request);
  return {
    ...(version ? { resourceVersion: version } : {}),
    ...(query.has(initial) ? { sendInitialEvents: flag(query, initial) } : {}),
    bookmarks: flag(query, 'allowWatchBookmarks'),
    endsAfterMs: Math.max(0, numberParameter(request, 'timeoutSeconds') || longestSeconds) * 1000,
  };
};
