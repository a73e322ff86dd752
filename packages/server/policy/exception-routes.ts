import type { PlainRoute, RouteRequest } from '@causeway/api';
import { decidableExceptions, decideException } from '@causeway/capabilities';
import type { Engine } from '@causeway/engine';
import { isDnsLabel, isDnsSubdomain, type ObjectKey, PlatformError } from '@causeway/model';

const longestComment = 2000;

const keyIn = ({ parameters: { namespace = '', name = '' } }: RouteRequest): ObjectKey => {
  if (isDnsLabel(namespace) && isDnsSubdomain(name)) return { namespace, name };
  throw new PlatformError('BadRequest', 'the address must name a team and an exception');
};

const decisionIn = (body: unknown): { approved: boolean; comment?: string } => {
  const { approved, comment, ...more } = { ...(body as Record<string, unknown> | undefined) };
  const said = comment === undefined || (typeof comment === 'string' && comment.length <= longestComment);
  if (typeof approved !== 'boolean' || !said || Object.keys(more).length > 0)
    throw new PlatformError(
      'BadRequest',
      `the body must be {"approved": true, "comment": "…"} with at most ${longestComment} characters`,
    );
  return { approved, ...(comment === undefined ? {} : { comment: comment as string }) };
};

/**
 * Deciding on exceptions. Whoever owns a rule decides for every team, without a role in it: so these are no actions of the
 * resource, and the right is checked against the policy.
 */
export const exceptionRoutes = (engine: Engine): PlainRoute[] => [
  {
    method: 'GET',
    path: '/api/policy/exceptions',
    role: 'any',
    handle: async ({ actor }) => ({ items: decidableExceptions(engine, actor.user) }),
  },
  {
    method: 'POST',
    path: '/api/policy/exceptions/:namespace/:name/decision',
    role: 'any',
    handle: async request =>
      decideException(engine, keyIn(request), decisionIn(await request.body()), request.actor),
  },
];
