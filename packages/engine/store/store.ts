import type { KindDefinition, KindObject, NewObject, ObjectKey, ObjectMeta, ObjectOf } from '@causeway/model';

/** Who does something, for access and audit. */
export interface Actor {
  readonly user: string;
  /** For whom, when a program acts for a person. */
  readonly onBehalfOf?: string;
  /** Where the request came from: an address, `git`, `controller`. */
  readonly from?: string;
}

export interface ListOptions {
  /** One namespace; all when absent. */
  readonly namespace?: string;
  /** Only these teams: namespaces, or names for cluster-scoped kinds. For people who may not see everything. */
  readonly namespaces?: ReadonlySet<string>;
  /** A label selector, as in Kubernetes: `app=x,env in (a,b),!old`. */
  readonly labelSelector?: string;
  /** `metadata.name=x,status.phase!=Failed`; only the kind's selectable fields. */
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
}

export interface ListResult<O = KindObject> {
  readonly items: readonly O[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchEvent<O = KindObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: O;
}

export interface WatchOptions
  extends Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'> {
  /** Events after this version; absent or '0': the present state first, as ADDED, then what follows. Too old: `Expired` is thrown. */
  readonly resourceVersion?: string;
  /** The present state first, then a BOOKMARK annotated `k8s.io/initial-events-end`. */
  readonly sendInitialEvents?: boolean;
  /** BOOKMARK events now and then. */
  readonly bookmarks?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Says who manages which fields: given what the object was (`undefined` for a new one), what it becomes with its defaults
 * filled in, and the `metadata.managedFields` that were handed in. Must be quick, synchronous and free of side effects.
 */
export type ManageFields = (
  live: KindObject | undefined,
  next: KindObject,
  given: ObjectMeta['managedFields'],
) => ObjectMeta['managedFields'];

export interface WriteOptions {
  /** `status` changes only the status, everything else only the rest. */
  readonly subresource?: 'status';
  /** Checks and returns what would be stored, and stores nothing. */
  readonly dryRun?: boolean;
  /** Without it, what is recorded of managers stays as it is. */
  readonly manage?: ManageFields | undefined;
}

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: boolean;
}

/**
 * Resources, with the semantics of the Kubernetes API. Every method throws `PlatformError`.
 * Objects handed out are frozen and shared: copy before changing.
 */
export interface Store {
  get<K extends KindDefinition>(kind: K, key: ObjectKey): Promise<ObjectOf<K>>;
  /** From the cache as it is now, for reconcilers: may be a little old, never waits. */
  peek<K extends KindDefinition>(kind: K, key: ObjectKey): ObjectOf<K> | undefined;
  /** As `peek`, for many. `where` is checked for each object of the namespace. */
  peekAll<K extends KindDefinition>(
    kind: K,
    namespace?: string,
    where?: (object: ObjectOf<K>) => boolean,
  ): ObjectOf<K>[];
  list<K extends KindDefinition>(kind: K, options?: ListOptions): Promise<ListResult<ObjectOf<K>>>;
  watch<K extends KindDefinition>(kind: K, options: WatchOptions): AsyncIterable<WatchEvent<ObjectOf<K>>>;
  create<K extends KindDefinition>(
    kind: K,
    object: NewObject,
    actor: Actor,
    options?: WriteOptions,
  ): Promise<ObjectOf<K>>;
  /**
   * The one way to change an object. `change` gets the newest stored object (a private copy) and returns the next; it is
   * run inside the write, so it never loses a race, and must be quick, synchronous and free of side effects.
   * A `metadata.resourceVersion` in what it returns that is not the stored one is a `Conflict`.
   * Returning the same content writes nothing.
   */
  mutate<K extends KindDefinition>(
    kind: K,
    key: ObjectKey,
    change: (current: ObjectOf<K>) => unknown,
    actor: Actor,
    options?: WriteOptions,
  ): Promise<ObjectOf<K>>;
  delete<K extends KindDefinition>(
    kind: K,
    key: ObjectKey,
    actor: Actor,
    options?: DeleteOptions,
  ): Promise<ObjectOf<K>>;
}
