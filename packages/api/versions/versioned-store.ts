import {
  deepFreeze,
  type ManageFields,
  type Store,
  validateObject,
  type Watch,
  type WatchEvent,
  type WriteOptions,
} from '@causeway/engine';
import {
  apiVersionOf,
  fromStoredVersion,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  managersInGroup,
  type NewObject,
  toStoredVersion,
  type VersionOf,
} from '@causeway/model';

const converted = new WeakMap<VersionOf, WeakMap<KindObject, KindObject>>();

/** A stored object in another version or group. Frozen and shared, as stored ones are, and made once however many ask. */
const served = (as: VersionOf, stored: unknown): KindObject => {
  const object = stored as KindObject;
  const known = converted.get(as) ?? new WeakMap<KindObject, KindObject>();
  converted.set(as, known);
  const before = known.get(object);
  if (before) return before;
  const made = deepFreeze(fromStoredVersion(as, object));
  known.set(object, made);
  return made;
};

/** Fields are managed by the names that they have in the version, and by managers of the group, in which they were written. */
const managing = (as: VersionOf, { manage, ...options }: WriteOptions = {}): WriteOptions => {
  if (!manage) return options;
  const [stored, served] = [as.kind.group, as.group];
  const inVersion: ManageFields = (live, next, given) =>
    managersInGroup(
      manage(
        live && fromStoredVersion(as, live),
        fromStoredVersion(as, next),
        managersInGroup(given, stored, served),
      ),
      served,
      stored,
    );
  return { ...options, manage: inVersion };
};

/** What is wrong with an object is said of it in the group in which it was asked for. */
const inItsGroup = async <T>({ kind, group }: VersionOf, answer: Promise<T>): Promise<T> => {
  if (group === kind.group) return answer;
  return answer.catch(error => {
    if (!isPlatformError(error)) throw error;
    const message = [kind.plural, kind.kind].reduce(
      (text, name) => text.replaceAll(`${name}.${kind.group} `, `${name}.${group} `),
      error.message,
    );
    throw message === error.message ? error : error.reworded(message);
  });
};

/** An object as a client gave it, checked by the schema of its version; one of the stored version is for the store to check. */
const checked = (
  kind: KindDefinition,
  { version }: VersionOf,
  object: KindObject,
  before: KindObject | undefined,
  part: 'all' | 'status',
): KindObject => (version ? validateObject(kind, object, before, part) : object);

/** A bookmark carries a version and nothing else. */
const servedEvent = (kind: KindDefinition, as: VersionOf, { type, object }: WatchEvent): WatchEvent =>
  type === 'BOOKMARK'
    ? { type, object: { ...object, apiVersion: apiVersionOf(kind) } }
    : { type, object: served(as, object) };

const servedWatch =
  (kind: KindDefinition, as: VersionOf, watch: Watch): Watch =>
  take =>
    watch(event => take(servedEvent(kind, as, event)));

/**
 * A store in which each kind can be used in any version and group that is served. What is written is checked against the version in
 * which it was given, so errors name the fields that the client knows, and stored in the one that is stored.
 */
export const createVersionedStore = (store: Store): Store => {
  const versioned: Store = {
    ...store,
    get(kind, key, options) {
      const as = kind.versionOf;
      if (!as) return store.get(kind, key, options);
      return inItsGroup(as, store.get(as.kind, key, options)).then(found => served(as, found) as never);
    },
    async list(kind, options) {
      const as = kind.versionOf;
      if (!as) return store.list(kind, options);
      const { items, ...rest } = await inItsGroup(as, store.list(as.kind, options));
      return { ...rest, items: items.map(item => served(as, item)) } as never;
    },
    watch(kind, options) {
      const as = kind.versionOf;
      if (!as) return store.watch(kind, options);
      return servedWatch(kind, as, store.watch(as.kind, options) as Watch) as never;
    },
    create(kind, object, actor, options) {
      const as = kind.versionOf;
      if (!as) return store.create(kind, object, actor, options);
      const create = async () => {
        const complete = { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind } as KindObject;
        const { status: _status, ...valid } = checked(kind, as, complete, undefined, 'all');
        const stored = toStoredVersion(as, valid as KindObject) as NewObject;
        return served(
          as,
          await inItsGroup(as, store.create(as.kind, stored, actor, managing(as, options))),
        ) as never;
      };
      return create();
    },
    mutate(kind, key, change, actor, options) {
      const as = kind.versionOf;
      if (!as) return store.mutate(kind, key, change, actor, options);
      const inVersion = (current: KindObject): unknown => {
        const before = fromStoredVersion(as, current);
        const wanted = change(before as never) as KindObject;
        const complete = { ...wanted, apiVersion: wanted.apiVersion ?? apiVersionOf(kind), kind: kind.kind };
        return toStoredVersion(as, checked(kind, as, complete, before, options?.subresource ?? 'all'));
      };
      return inItsGroup(
        as,
        store.mutate(as.kind, key, inVersion as never, actor, managing(as, options)),
      ).then(changed => served(as, changed) as never);
    },
    async delete(kind, key, actor, options) {
      const as = kind.versionOf;
      if (!as) return store.delete(kind, key, actor, options);
      return served(as, await inItsGroup(as, store.delete(as.kind, key, actor, options))) as never;
    },
  };
  return versioned;
};
