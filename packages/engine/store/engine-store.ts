import {
  apiVersionOf,
  isFields,
  type KindDefinition,
  type KindObject,
  keyText,
  kindId,
  type ObjectKey,
  type ObjectOf,
  PlatformError,
} from '@causeway/model';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { Chance } from '../chance.ts';
import { type Clock, momentText, secondsText } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { NewDecision } from '../decisions/decision-record.ts';
import type { View } from './batch-view.ts';
import type { Cache } from './cache.ts';
import { createFreshness } from './freshness.ts';
import { listObjects, reach } from './list.ts';
import { clonePlain, mergePatchBetween } from './plain.ts';
import { checkQuota, type QuotaOf } from './quota.ts';
import type { Actor, Store, WriteOptions } from './store.ts';
import { change, creation, deletion, type Transition } from './transitions.ts';
import { watchChanges } from './watch.ts';
import type { Decide, Decision, Writer } from './writer.ts';

const notFound = (kind: KindDefinition, key: ObjectKey): PlatformError =>
  new PlatformError(
    'NotFound',
    `${kind.plural}${kind.group ? `.${kind.group}` : ''} "${key.name}" not found`,
    {
      kind: kind.plural,
      name: key.name,
    },
  );

/** A reconciler goes by what was; this is asked at the commit. */
const checkWhole = (view: View, [kind, { metadata }]: NonNullable<WriteOptions['partOf']>): void => {
  const key = { namespace: metadata.namespace ?? '', name: metadata.name };
  const whole = view.get(kindId(kind), key);
  if (whole?.metadata.uid !== metadata.uid || whole.metadata.deletionTimestamp) throw notFound(kind, key);
};

const createdBy = 'causeway.dev/created-by';

/** What is too frequent or too loud for the audit: what the platform observes, not what someone wants. */
const audited = (kind: KindDefinition, subresource: 'status' | undefined): boolean =>
  subresource === undefined && kind.kind !== 'Event';

export interface EngineStoreParts {
  readonly database: Database;
  readonly cache: Cache;
  readonly writer: Pick<Writer, 'write'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly quotaOf?: QuotaOf | undefined;
}

/** The Store over the cache for reads and the batched writer for writes. */
export const createEngineStore = ({
  database,
  cache,
  writer,
  clock,
  chance,
  quotaOf,
}: EngineStoreParts): Store => {
  const now = () => secondsText(clock.now());

  const fresh = createFreshness(database, cache);

  const record = (
    kind: KindDefinition,
    verb: AuditRecord['verb'],
    actor: Actor,
    object: KindObject,
    difference: unknown,
    decisions: readonly NewDecision[] | undefined,
  ): Omit<AuditRecord, 'resourceVersion'> => ({
    at: momentText(clock.now()),
    actor,
    verb,
    kind: kindId(kind),
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    uid: object.metadata.uid,
    ...(difference === undefined ? {} : { change: difference }),
    decision: 'allowed',
    ...(decisions && decisions.length > 0 ? { decisions: decisions.map(({ id }) => id) } : {}),
  });

  const decisionOf = (
    kind: KindDefinition,
    transition: Transition,
    current: KindObject,
    actor: Actor,
    verb: 'update' | 'delete',
    { subresource, decisions, act }: Pick<WriteOptions, 'subresource' | 'decisions' | 'act'>,
  ): Decision => {
    if (transition.type === 'none') return { object: transition.object };
    const { object } = transition;
    const difference =
      verb === 'delete' ? undefined : (act ?? mergePatchBetween(strip(current), strip(object)));
    return {
      write: {
        type: transition.type === 'remove' ? 'DELETED' : 'MODIFIED',
        kind: kindId(kind),
        object,
        audit:
          act !== undefined || audited(kind, subresource)
            ? record(kind, verb, actor, object, difference, decisions)
            : undefined,
      },
      ...(decisions ? { decisions } : {}),
    };
  };

  const preview = async (decide: Decide): Promise<KindObject | undefined> => {
    await fresh();
    const { write, object } = decide(cache);
    return write?.object ?? object;
  };

  const perform = (dryRun: boolean | undefined, decide: Decide): Promise<KindObject | undefined> =>
    dryRun ? preview(decide) : writer.write(decide);

  return {
    async get(kind, key, { resourceVersion } = {}) {
      if (resourceVersion) await reach({ cache, clock, fresh }, Number(resourceVersion));
      else await fresh();
      const object = cache.get(kindId(kind), key);
      if (!object) throw notFound(kind, key);
      return object as ObjectOf<typeof kind>;
    },

    peek: (kind, key) => cache.get(kindId(kind), key) as ObjectOf<typeof kind> | undefined,

    peekAll(kind, namespace, where) {
      const found: ObjectOf<typeof kind>[] = [];
      for (const object of cache.kind(kindId(kind)).objects.values())
        if (
          (namespace === undefined || object.metadata.namespace === namespace) &&
          (!where || where(object as ObjectOf<typeof kind>))
        )
          found.push(object as ObjectOf<typeof kind>);
      return found;
    },

    list: (kind, options = {}) => listObjects({ cache, database, clock, fresh }, kind, options) as never,

    watch: (kind, options) => watchChanges({ cache, database, clock, fresh, kind, options }) as never,

    create: (kind, input, actor, options = {}) =>
      perform(options.dryRun, view => {
        const object = signed(creation(kind, input, now(), chance.uuid(), options.manage), kind, actor);
        const key = { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
        if (view.get(kindId(kind), key))
          throw new PlatformError(
            'AlreadyExists',
            `${kind.plural}${kind.group ? `.${kind.group}` : ''} "${key.name}" already exists`,
            {
              kind: kind.plural,
              name: key.name,
            },
          );
        if (kind.scope === 'Namespaced') {
          const namespace = view.get('namespaces', { namespace: '', name: key.namespace });
          if (!namespace || namespace.metadata.deletionTimestamp)
            throw new PlatformError(
              'NotFound',
              `namespaces "${key.namespace}" ${namespace ? 'is being deleted' : 'not found'}`,
              {
                kind: 'namespaces',
                name: key.namespace,
                next: `Create the team first: platform create team ${key.namespace}`,
              },
            );
        }
        if (options.partOf) checkWhole(view, options.partOf);
        if (quotaOf) checkQuota(view, quotaOf(view, kind, key.namespace), kind, key.namespace, key.name);
        const audit = audited(kind, undefined)
          ? record(kind, 'create', actor, object, strip(object), options.decisions)
          : undefined;
        return {
          write: { type: 'ADDED', kind: kindId(kind), object, audit },
          ...(options.decisions ? { decisions: options.decisions } : {}),
        };
      }) as never,

    mutate: (kind, key, next, actor, options = {}) =>
      perform(options.dryRun, view => {
        const current = view.get(kindId(kind), key);
        if (!current) throw notFound(kind, key);
        const wanted = next(draftOf(current) as never) as KindObject;
        const identity =
          wanted?.metadata?.name === key.name && (wanted.metadata.namespace ?? '') === key.namespace;
        if (
          !identity ||
          (wanted.kind ?? kind.kind) !== kind.kind ||
          (wanted.apiVersion ?? apiVersionOf(kind)) !== apiVersionOf(kind)
        )
          throw new PlatformError(
            'BadRequest',
            `the object given is not ${kind.kind} "${keyText(key)}": apiVersion, kind, name and namespace must be those of the address`,
          );
        return decisionOf(
          kind,
          change(kind, current, stillSigned(current, wanted), options.subresource, options.manage),
          current,
          actor,
          'update',
          options,
        );
      }) as never,

    delete: (kind, key, actor, options = {}) =>
      perform(options.dryRun, view => {
        const current = view.get(kindId(kind), key);
        if (!current) throw notFound(kind, key);
        return decisionOf(kind, deletion(kind, current, now(), options), current, actor, 'delete', options);
      }) as never,
  };
};

/** What a person changed: without status and what the server itself keeps. */
const strip = ({ metadata, status: _status, ...rest }: KindObject): unknown => {
  const { labels, annotations, finalizers, ownerReferences, deletionTimestamp } = metadata;
  return {
    ...rest,
    metadata: { labels, annotations, finalizers, ownerReferences, deletionTimestamp },
  };
};

/** A private copy. Who manages what is long, and shared instead: it is frozen. */
const draftOf = (object: KindObject): KindObject => {
  const { managedFields, ...metadata } = object.metadata;
  const draft = clonePlain({ ...object, metadata });
  return managedFields ? { ...draft, metadata: { ...draft.metadata, managedFields } } : draft;
};

/** Notes which person made the object. What the client says about it does not count, and no field manager owns it. */
const signed = (object: KindObject, kind: KindDefinition, { user, onBehalfOf }: Actor): KindObject => {
  const person = onBehalfOf ?? user;
  if (kind.body || person.startsWith('system:')) return object;
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [createdBy]: person } },
  };
};

/** Who made an object stays what it was: whatever asks later who is responsible for it relies on that. */
const stillSigned = (current: KindObject, wanted: KindObject): KindObject => {
  const person = current.metadata.annotations?.[createdBy];
  const { annotations = {} } = wanted.metadata;
  // What has another shape is refused by the schema.
  if (!isFields(annotations) || annotations[createdBy] === person) return wanted;
  const { [createdBy]: _said, ...others } = annotations;
  const signature = person === undefined ? {} : { [createdBy]: person };
  return { ...wanted, metadata: { ...wanted.metadata, annotations: { ...others, ...signature } } };
};
