import type { Selects } from './truth-log.ts';

export type Verb = 'create' | 'update' | 'patch' | 'delete' | 'get' | 'list' | 'ledger';

/** One request of a client, as the client saw it. */
export interface Operation {
  /** In the audit as `from`, in what it wrote as `spec.write`. */
  readonly id: string;
  readonly verb: Verb;
  readonly kind: string;
  readonly name: string;
  /** The newest committed revision when it was sent. */
  readonly since: number;
  /** The version it was computed from and insists on. */
  readonly expected?: number;
  readonly dryRun?: boolean;
  readonly selects?: Selects;
  readonly ledgerIds?: readonly string[];
  /** Absent while nobody has answered. `unknown`: nobody ever will. */
  outcome?: 'ok' | 'refused' | 'unknown';
  /** The newest committed revision when it was answered. */
  until?: number;
  /** Of the answer: the object’s version, or the list’s. */
  revision?: number;
  /** The list is asked for as it was at `expected`. */
  readonly exact?: boolean;
  /** What a list held: `name@revision`. */
  items?: readonly string[];
  code?: string;
}

/** One connection of a watch, as far as its lines arrived. */
export interface WatchSession {
  readonly watcher: string;
  readonly kind: string;
  readonly selects: Selects;
  /** The revision it goes on from; nothing when it began with the state. */
  readonly from: number | undefined;
  /** Whether a bookmark says where the state ends. */
  readonly marked: boolean;
  /** The newest committed revision when it was opened. */
  readonly since: number;
  readonly initial: string[];
  /** The revision of the state it began with, once that was told completely. */
  synced: number | undefined;
  readonly events: string[];
  /** Bookmarks after the state: their revision and how many events came before. */
  readonly bookmarks: { readonly revision: number; readonly after: number }[];
  open: boolean;
}

/** What an informer told the program that uses it. */
export interface InformerRecord {
  readonly watcher: string;
  readonly kind: string;
  readonly selects: Selects;
  readonly told: { readonly type: string; readonly name: string; readonly revision: number }[];
}

/** Each change that one engine gave its controllers. */
export interface Subscription {
  readonly server: string;
  readonly kind: string;
  readonly from: number;
  readonly changes: { readonly name: string; readonly revision: number }[];
}

/** All that was seen in one world, to be judged when it has come to rest. */
export class WorldRecord {
  readonly operations: Operation[] = [];
  readonly sessions: WatchSession[] = [];
  readonly informers: InformerRecord[] = [];
  readonly subscriptions: Subscription[] = [];
  /** What was wrong at the moment it happened. */
  readonly problems: string[] = [];
  /** Whether history was dropped: who missed it may see several changes of an object as one. */
  compacted = false;
}
