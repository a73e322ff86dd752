/** The kinds whose objects clients change, by their plural. */
export const watchedKinds = ['services', 'environments'] as const;
export type WatchedKind = (typeof watchedKinds)[number];

/** What clients write. Each write has a description of its own, so that it can be told from all others for ever. */
export interface Content {
  readonly description: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** An object as an answer, a watch event or the database showed it. */
export interface Seen extends Content {
  readonly kind: WatchedKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: number;
  readonly generation: number;
  /** Of the whole object, whatever the order of its fields. */
  readonly digest: string;
}

/**
 * `unknown`: it may have happened, or happen later. A request that certainly did nothing and told nothing (nobody
 * listened, a read without an answer) is not recorded.
 */
export type Result = 'ok' | 'notFound' | 'exists' | 'conflict' | 'unknown';

/** What one client asked about one object, and was told. Times are milliseconds of one monotonic clock. */
export interface Operation {
  readonly client: number;
  readonly key: string;
  readonly op: 'get' | 'create' | 'update' | 'patch' | 'delete';
  readonly dryRun: boolean;
  readonly call: number;
  /** Absent when no answer came. */
  readonly return?: number;
  readonly given: Content;
  readonly expectVersion?: number;
  readonly expectUid?: string;
  readonly result: Result;
  readonly object?: Seen;
  /** All that a successful delete tells. */
  readonly deletedUid?: string;
}

/** A whole list as one answer showed it. */
export interface Listing {
  readonly kind: WatchedKind;
  /** Absent: of all namespaces. */
  readonly namespace?: string;
  /** Absent: all; else only objects with this label. */
  readonly parity?: string;
  readonly call: number;
  readonly return: number;
  readonly version: number;
  readonly items: readonly Seen[];
}

export interface WatchedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Seen;
}

/** What one watcher went through, in order: from where it began anew, and the events after that. */
export interface Watched {
  readonly kind: WatchedKind;
  readonly parity?: string;
  readonly steps: ({ readonly list: Listing } | WatchedEvent)[];
  /** How often the stream broke and was resumed. */
  breaks: number;
  /** How often it was told that its version is too old, and listed again. */
  expired: number;
}

export interface History {
  readonly operations: Operation[];
  readonly listings: Listing[];
  readonly watched: Watched[];
  /** Answers that no client should ever get, such as an internal error. */
  readonly surprises: string[];
}

export const keyOfSeen = ({ kind, namespace, name }: Pick<Seen, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace}/${name}`;
