import type { Actor, Store } from '@causeway/engine';
import {
  closestNames,
  durationMs,
  EvidenceKind,
  type Exception,
  ExceptionKind,
  kindId,
  PlatformError,
  PolicyKind,
} from '@causeway/model';
import { requestDigest } from '@causeway/policy';

const exceptionKind = kindId(ExceptionKind);
const evidenceKind = kindId(EvidenceKind);

type Asked = Partial<Exception['spec']>;
interface Given {
  readonly spec?: Asked;
}

const wrong = (field: string, message: string, next?: string): PlatformError =>
  new PlatformError('Invalid', `the exception cannot be asked for: ${field} ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', field, message }],
    ...(next ? { next } : {}),
  });

const checkRequest = (store: Store, { policy = '', expiresAt = '' }: Asked, now: number): void => {
  const wanted = store.peek(PolicyKind, { namespace: '', name: policy });
  if (!wanted) {
    const [near] = closestNames(
      policy,
      store.peekAll(PolicyKind).map(({ metadata }) => metadata.name),
    );
    throw wrong(
      'spec.policy',
      `names no policy: there is no '${policy.slice(0, 100)}'`,
      near === undefined ? '`platform policy list` shows what there is.' : `Did you mean '${near}'?`,
    );
  }
  const { allowed, longest } = wanted.spec.exceptions;
  if (!allowed)
    throw wrong('spec.policy', `'${policy}' knows no exceptions`, `Do instead: ${wanted.spec.instead}`);
  const ends = Date.parse(expiresAt);
  if (ends <= now) throw wrong('spec.expiresAt', 'is over already');
  if (ends > now + durationMs(longest))
    throw wrong(
      'spec.expiresAt',
      `is later than the policy allows`,
      `It may last ${longest} at most; ask again when it ends.`,
    );
};

/**
 * The store as people write to it: the platform says who asked for an exception or handed in evidence, and only a decision
 * by `decideException` counts. Whoever changes what was asked asks anew.
 */
export const withGuardedExceptions = (store: Store, now: () => number): Store => {
  const asked = (spec: Asked, { user, onBehalfOf }: Actor): Asked => {
    const { decision: _decision, ...request } = spec;
    checkRequest(store, request, now());
    return { ...request, requestedBy: onBehalfOf ?? user };
  };
  const changed = (current: Exception, next: Given, actor: Actor): Asked => {
    const { decision, requestedBy } = current.spec;
    const whose = {
      ...(requestedBy === undefined ? {} : { requestedBy }),
      ...(decision ? { decision } : {}),
    };
    const proposed = { ...next.spec, ...whose } as Exception['spec'];
    return requestDigest(proposed) === requestDigest(current.spec)
      ? current.spec
      : asked(next.spec ?? {}, actor);
  };
  return {
    ...store,
    create(kind, object, actor, options) {
      const { spec = {} } = object as Given;
      switch (kindId(kind)) {
        case exceptionKind:
          return Promise.try(() =>
            store.create(kind, { ...object, spec: asked(spec, actor) }, actor, options),
          );
        case evidenceKind: {
          const submittedBy = actor.onBehalfOf ?? actor.user;
          return store.create(kind, { ...object, spec: { ...spec, submittedBy } }, actor, options);
        }
        default:
          return store.create(kind, object, actor, options);
      }
    },
    mutate: (kind, key, change, actor, options) =>
      kindId(kind) !== exceptionKind || options?.subresource
        ? store.mutate(kind, key, change, actor, options)
        : store.mutate(
            kind,
            key,
            current => {
              const before = structuredClone(current) as unknown as Exception;
              const next = change(current) as Given;
              return { ...next, spec: changed(before, next, actor) };
            },
            actor,
            options,
          ),
  };
};
