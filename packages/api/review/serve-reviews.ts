import { isFields, PlatformError } from '@causeway/model';
import type { Access, Session } from '../access/access.ts';
import { type Call, sendJson } from '../http/call.ts';
import { mediaType, parseBody } from '../http/parse-body.ts';
import { readBody } from '../http/read-body.ts';
import type { Resources } from '../krm/resources.ts';
import { decodeReview, protobufMediaType } from './decode-review.ts';
import { reviewAccess, reviewRules } from './review-answers.ts';

/** The questions a signed-in user may ask about themselves. They are answered and not stored. */
export const reviewKinds = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
  },
] as const;

export type ReviewKind = (typeof reviewKinds)[number];

export const findReview = (group: string, version: string, plural: string): ReviewKind | undefined =>
  reviewKinds.find(one => one.group === group && one.version === version && one.plural === plural);

const specOf = async (call: Call, kind: ReviewKind): Promise<unknown> => {
  const type = mediaType(call.request.headers['content-type']);
  const body = await readBody(call.request);
  const object = type === protobufMediaType ? decodeReview(body) : await parseBody(body, type);
  if (!isFields(object) || (object.kind !== undefined && object.kind !== kind.kind))
    throw new PlatformError('BadRequest', `the body must be a ${kind.kind}`);
  return object.spec;
};

export const serveReview = async (
  call: Call,
  session: Session,
  kind: ReviewKind,
  access: Access,
  resources: Resources,
): Promise<void> => {
  if (call.method !== 'POST') throw new PlatformError('MethodNotAllowed', `a ${kind.kind} is only created`);
  const { user } = session.actor;
  const spec = await specOf(call, kind);
  const status =
    kind.kind === 'SelfSubjectReview'
      ? { userInfo: { username: user, groups: ['system:authenticated'] } }
      : kind.kind === 'SelfSubjectAccessReview'
        ? reviewAccess(access, resources, user, spec)
        : reviewRules(access, resources, user, spec);
  sendJson(call, 201, {
    kind: kind.kind,
    apiVersion: `${kind.group}/${kind.version}`,
    metadata: {},
    ...(kind.kind === 'SelfSubjectReview' ? {} : { spec: spec ?? {} }),
    status,
  });
};
