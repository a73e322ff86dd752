import type { KindDefinition, KindObject, NewObject, ObjectKey, ObjectMeta, ObjectOf } from '@causeway/model';
import type { NewDecision } from '../decisions/decision-record.ts';

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
  /** At most so many; the rest follows with `continue`. All pages of one list show the same revision. */
  readonly limit?: number;
  readonly continue?: string;
  /** Absent: everything acknowledged before. `'0'`: what is at hand, without waiting. Otherwise as `resourceVersionMatch` says. */
  readonly resourceVersion?: string;
  /** `Exact`: as it was then, `Expired` if that is not kept. `NotOlderThan`: then or later. Absent: `Exact` with a limit, else `NotOlderThan`. */
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
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
  /** Events after this version; absent or '0': the present state first, as ADDED, then what follows. Too old: `Expired`. */
  readonly resourceVersion?: string;
  /**
   * The present state first, not older than `resourceVersion`; with `bookmarks` then a BOOKMARK annotated
   * `k8s.io/initial-events-end`. `false`: only what follows.
   */
  readonly sendInitialEvents?: boolean;
  /** BOOKMARK events now and then, and shortly before the end. */
  readonly bookmarks?: boolean;
  /** When the signal will end it, if that is known. */
  readonly endsAfterMs?: number;
  readonly signal: AbortSignal;
}

/** Takes an event. When it gives a promise, the next one waits for that. */
export type TakeEvent<O = KindObject> = (event: WatchEvent<O>) => void | Promise<void>;

/** Hands events to whoever takes them, one after the other. Resolves when the signal ended it; rejects with why it cannot go on. */
export type Watch<O = KindObject> = (take: TakeEvent<O>) => Promise<void>;

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
  /** What policies said of it: recorded in the same commit, if anything is written. */
  readonly decisions?: readonly NewDecision[];
  /** Told what whoever writes should know although it is done. */
  readonly warn?: (text: string) => void;
  /** Told what policies decided, in dry runs as well. */
  readonly judged?: (decision: NewDecision) => void;
  /** Of a new object: whose part it is to be. Where that is not there any more, or is to go, nothing is created: `NotFound`. */
  readonly partOf?: readonly [kind: KindDefinition, whole: KindObject];
  /** What a person did that only the status tells, in a few words: the audit has it as the change. */
  readonly act?: Readonly<Record<string, unknown>>;
}

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly dryRun?: boolean;
  /** As of `WriteOptions`. */
  readonly decisions?: readonly NewDecision[];
  readonly warn?: (text: string) => void;
  readonly judged?: (decision: NewDecision) => void;
}

/**
 * Resources, with the semantics of the Kubernetes API. Every method throws `PlatformError`.
 * Objects handed out are frozen and shared: copy before changing.
 */
export interface Store {
  /** Everything acknowledged before; with `resourceVersion` at least that version, with `'0'` what is at hand. */
  get<K extends KindDefinition>(
    kind: K,
    key: ObjectKey,
    options?: Pick<ListOptions, 'resourceVersion'>,
  ): Promise<ObjectOf<K>>;
  /** From the cache as it is now, for reconcilers: may be a little old, never waits. */
  peek<K extends KindDefinition>(kind: K, key: ObjectKey): ObjectOf<K> | undefined;
  /** As `peek`, for many. `where` is checked for each object of the namespace. */
  peekAll<K extends KindDefinition>(
    kind: K,
    namespace?: string,
    where?: (object: ObjectOf<K>) => boolean,
  ): ObjectOf<K>[];
  list<K extends KindDefinition>(kind: K, options?: ListOptions): Promise<ListResult<ObjectOf<K>>>;
  /** A watch that is yet to begin. What is wrong with the selectors is thrown here already. */
  watch<K extends KindDefinition>(kind: K, options: WatchOptions): Watch<ObjectOf<K>>;
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
