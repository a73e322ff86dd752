import type { Actor, Store } from '@causeway/engine';
import {
  durationMs,
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  type KindDefinition,
  kindId,
  PlatformError,
} from '@causeway/model';
import type { Offer } from '../../settings.ts';
import { endOf } from '../life/lifetime.ts';
import { previewHand } from '../preview/preview-hand.ts';
import { type RequestProblem, requestProblems } from './request-problems.ts';
import { surroundingsOf } from './surroundings.ts';

const requestKind = kindId(EnvironmentRequestKind);
const environmentKind = kindId(EnvironmentKind);

const invalid = (kind: KindDefinition, name: string, problems: readonly RequestProblem[]): PlatformError =>
  new PlatformError('Invalid', problems.map(({ message, next }) => `${message} ${next}`).join(' '), {
    causes: problems.map(({ field, reason, message, next }) => ({
      reason,
      field,
      message: `${message} ${next}`,
    })),
    next: problems[0]?.next ?? '',
    kind: kind.plural,
    name,
  });

/** What people may not say of an environment that ends: it is made from a request, and lasts no longer than any may. */
const environmentProblems = (
  { metadata, spec }: Pick<Environment, 'metadata' | 'spec'>,
  before: Pick<Environment, 'spec' | 'metadata'> | undefined,
  { longest }: Offer,
): RequestProblem[] => {
  const type = spec.type ?? 'standing';
  if (type !== (before?.spec.type ?? 'standing'))
    return [
      {
        field: 'spec.type',
        reason: 'FieldValueInvalid',
        message: `An environment of the type ${type} is not made by hand.`,
        next: 'Ask for it with an EnvironmentRequest: platform env request --help',
      },
    ];
  const end = endOf(spec);
  const since = before?.metadata.creationTimestamp;
  if (before && end === undefined && endOf(before.spec) !== undefined)
    return [
      {
        field: spec.startsAt === undefined ? 'spec.startsAt' : 'spec.lifetime',
        reason: 'FieldValueRequired',
        message: `'${metadata.name}' would never end.`,
        next: `To keep it for longer: platform env extend ${metadata.name} --by 7d`,
      },
    ];
  if (!before || end === undefined || since === undefined || end === endOf(before.spec)) return [];
  const last = Date.parse(since) + durationMs(longest);
  if (end <= last) return [];
  return [
    {
      field: 'spec.extension',
      reason: 'FieldValueInvalid',
      message: `'${metadata.name}' would be there for longer than environments may be here, ${longest}.`,
      next: `It can last until ${new Date(last).toISOString()}; after that ask for a new one.`,
    },
  ];
};

/**
 * The store as people write to it: a request that could never become an environment is refused with the nearest right answer.
 * Previews are made for people, by the platform.
 */
export const withCheckedRequests = (store: Store, offer: Offer): Store => {
  const checkRequest = (object: unknown): void => {
    const { metadata, spec } = object as Pick<EnvironmentRequest, 'metadata' | 'spec'>;
    const read = EnvironmentRequestKind.spec.safeParse(spec ?? {});
    // What has another shape is refused by the schema, which says so better.
    if (!read.success) return;
    const wish = { metadata, spec: read.data };
    const problems = requestProblems(wish, surroundingsOf(store, metadata.namespace ?? '', offer));
    if (problems.length > 0) throw invalid(EnvironmentRequestKind, metadata.name, problems);
  };
  const checkEnvironment = (object: unknown, before: Environment | undefined, { from }: Actor): void => {
    if (from === previewHand) return;
    const { metadata, spec } = object as Pick<Environment, 'metadata' | 'spec'>;
    const read = EnvironmentKind.spec.safeParse(spec ?? {});
    if (!read.success) return;
    const problems = environmentProblems({ metadata, spec: read.data }, before, offer);
    if (problems.length > 0) throw invalid(EnvironmentKind, metadata.name, problems);
  };
  return {
    ...store,
    create(kind, object, actor, options) {
      const id = kindId(kind);
      if (id !== requestKind && id !== environmentKind) return store.create(kind, object, actor, options);
      return Promise.try(() => {
        if (id === requestKind) checkRequest(object);
        else checkEnvironment(object, undefined, actor);
        return store.create(kind, object, actor, options);
      });
    },
    mutate: (kind, key, change, actor, options) => {
      const id = kindId(kind);
      if (options?.subresource || (id !== requestKind && id !== environmentKind))
        return store.mutate(kind, key, change, actor, options);
      return store.mutate(
        kind,
        key,
        current => {
          const spec = JSON.stringify(current.spec);
          const before = id === environmentKind ? structuredClone(current) : undefined;
          const next = change(current);
          const { spec: wanted } = next as { spec?: unknown };
          if (JSON.stringify(wanted) !== spec) {
            if (id === requestKind) checkRequest(next);
            else checkEnvironment(next, before as Environment | undefined, actor);
          }
          return next;
        },
        actor,
        options,
      );
    },
  };
};
