import { PlatformError } from '@causeway/model';
import type { Session } from '../access/access.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { negotiate } from '../http/accept.ts';
import { type Call, sendJson } from '../http/call.ts';
import type { Subject } from '../http/error-answer.ts';
import { findReview, serveReview } from '../review/serve-reviews.ts';
import type { KrmPath } from './krm-path.ts';
import type { KrmContext } from './krm-request.ts';
import type { Resources } from './resources.ts';
import { serveObjects } from './serve-objects.ts';

export interface Krm {
  readonly context: KrmContext;
  readonly resources: Resources;
  readonly discovery: Discovery;
  readonly log: (line: string) => void;
}

const notServed = (): PlatformError =>
  new PlatformError('NotFound', 'the server could not find the requested resource', {
    next: 'See what it serves: kubectl api-resources',
  });

const discoveryForms = ['APIGroupDiscoveryList'] as const;

const discover = ({ discovery }: Krm, call: Call, path: Exclude<KrmPath, { type: 'resource' }>): void => {
  if (call.method !== 'GET') throw new PlatformError('MethodNotAllowed', 'discovery is only read');
  if (path.type === 'core' || path.type === 'groups') {
    const { form, contentType } = negotiate(call.request.headers.accept, discoveryForms);
    const answer = form === 'APIGroupDiscoveryList' ? discovery.aggregated(path.type) : discovery[path.type];
    call.response.setHeader('vary', 'accept');
    sendJson(call, 200, answer, contentType);
    return;
  }
  const answer =
    path.type === 'group' ? discovery.group(path.group) : discovery.version(path.group, path.version);
  if (!answer) throw notServed();
  sendJson(call, 200, answer);
};

/** What an error at this address is about. */
export const subjectOf = ({ resources }: Krm, path: KrmPath): Subject => {
  if (path.type !== 'resource') return {};
  const { group, plural, name } = path;
  const kind = resources.find(group, path.version, plural)?.kind.kind;
  return { group, plural, ...(kind ? { kind } : {}), ...(name ? { name } : {}) };
};

/** Serves everything under /api and /apis to someone who is signed in. */
export const serveKrm = async (krm: Krm, call: Call, session: Session, path: KrmPath): Promise<void> => {
  if (path.type !== 'resource') return discover(krm, call, path);
  const { group, version, namespace, plural, name, subresource } = path;
  const resource = krm.resources.find(group, version, plural);
  if (resource)
    return serveObjects(krm.context, { call, session, resource, namespace, name, subresource }, krm.log);
  const review = findReview(group, version, plural);
  if (!review || name || namespace) throw notServed();
  return serveReview(call, session, review, krm.context.access, krm.resources);
};
