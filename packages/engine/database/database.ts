import type { DecisionQuery, NewDecision, RecordedDecision } from '../decisions/decision-record.ts';
import type { LedgerEntry, LedgerQuery } from '../ledger/ledger.ts';

/** What every batch of writes follows on. One row; whoever moves it holds it until the commit. */
export interface Head {
  /** The newest revision. Revisions have no gaps. */
  readonly revision: number;
  /** Counts the look-ups of commits that were not answered: a write of before such a look-up can no longer happen. */
  readonly fence: number;
  readonly auditSeq: number;
  readonly auditHash: string;
}

/** One change as it is stored; `data` is the object as JSON. */
export interface StoredChange {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: string;
  /** The revision of the version that it replaced, unless the object is new. */
  readonly previous?: number;
}

/** A change with the version that it replaced, as JSON, if that is kept. */
export interface KeptChange extends StoredChange {
  readonly before?: string;
}

export interface HistoryQuery {
  readonly kind: string;
  readonly after: number;
  /** The last revision it is about. */
  readonly upTo: number;
  readonly limit: number;
}

export interface StoredObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: string;
}

export interface StoredAudit {
  readonly seq: number;
  readonly record: string;
  readonly hash: string;
}

/** Who does a share of the work. Not a resource: no history, no audit; gone when the database crashes, and then taken anew. */
export interface Lease {
  readonly name: string;
  /** One run of a server. */
  readonly holder: string;
  /** New each time somebody takes it, so nobody mistakes a later lease for their own. */
  readonly epoch: string;
  /** By the database’s clock; negative when somebody else may take it, as also when that clock was set back since it was renewed. */
  readonly remainingMs: number;
}

/** A write counts only if this lease is still of this epoch. */
export interface Guard {
  readonly lease: string;
  readonly epoch: string;
}

/** Everything that one commit makes durable. */
export interface Batch {
  /** Kept with the history, so that a commit that was not answered can be looked up. */
  readonly id: string;
  /** The head once the batch is there. */
  readonly head: Head;
  /** In order; their revisions follow the head before without a gap. */
  readonly changes: readonly StoredChange[];
  readonly audits: readonly StoredAudit[];
  /** Entries whose id is already there are left out. */
  readonly ledger: readonly LedgerEntry[];
  /** Likewise. */
  readonly decisions: readonly NewDecision[];
  /** All must hold, or nothing is written. */
  readonly guards: readonly Guard[];
}

/** The head is ours alone until `commit` or `release`. */
export interface Turn {
  readonly head: Head;
  /** What was committed after a revision, in order. Throws `Expired` when it is not all kept. */
  changesAfter(revision: number): Promise<StoredChange[]>;
  /** Which of these no longer hold. */
  lost(guards: readonly Guard[]): Promise<readonly Guard[]>;
  commit(batch: Batch): Promise<void>;
  release(): Promise<void>;
}

export interface Listener {
  /** Each revision that someone commits; nothing when some may have been missed. */
  onRevision(revision: number | undefined): void;
  /** What someone told. */
  onMessage(message: string): void;
}

/**
 * What the engine needs of PostgreSQL, and the seam that simulation replaces. When the connection breaks, any method throws
 * `Unavailable`; whether a commit under way then happened is unknown.
 */
export interface Database {
  /** Brings the database to this version’s schema. Several servers may call it at once. */
  migrate(): Promise<void>;
  /** What its clock says, milliseconds since the epoch. Somebody may set it. */
  time(): Promise<number>;
  /** The newest revision that is committed. */
  revision(): Promise<number>;
  head(): Promise<Head>;
  /** All objects, and the revision they are of. */
  load(): Promise<{ readonly revision: number; readonly objects: readonly StoredObject[] }>;
  /** What was committed after a revision, in order. Throws `Expired` when it is not all kept. */
  changesAfter(revision: number): Promise<StoredChange[]>;
  /** The first of a kind’s changes after a revision, in order. Throws `Expired` when they are not all kept. */
  readHistory(query: HistoryQuery): Promise<KeptChange[]>;
  /** The newest revision that is at least so old; 0 when none is. */
  revisionOfAge(ms: number): Promise<number>;
  /**
   * Drops the history up to a revision, at most to the newest, but of each object the version that was in force then. Says
   * after which revision all is kept now: that only ever grows. What is a minute old at most may stay a while.
   */
  compact(upTo: number): Promise<number>;
  /** Writes a batch if the head still has this revision and fence and all its guards hold, in one round trip; else writes nothing and says `false`. */
  commitAfter(head: Head, batch: Batch): Promise<boolean>;
  /** Waits for its turn to write; whoever waits longest is next. */
  lock(): Promise<Turn>;
  /** Whether a batch whose commit was not answered is there. If it is not, it never will be. */
  committed(batch: Batch): Promise<boolean>;
  /** Audit records after a sequence number, in order. */
  readAudit(after: number, limit: number): Promise<StoredAudit[]>;
  /** Entries in the order in which they were recorded. */
  readLedger(query: LedgerQuery): Promise<LedgerEntry[]>;
  /** Newest first. */
  readDecisions(query: DecisionQuery): Promise<RecordedDecision[]>;
  /** Forgets what was decided before a time, RFC 3339, and what only that speaks of. */
  dropDecisions(before: string): Promise<void>;
  /** Renews what a holder holds, expired or not, and reads all leases there are. */
  renewLeases(holder: string, ttlMs: number): Promise<Lease[]>;
  /** Takes those that nobody holds or whose time is over; says which it got. */
  takeLeases(names: readonly string[], holder: string, epoch: string, ttlMs: number): Promise<string[]>;
  /** Gives back what a holder holds, and forgets leases that ended long ago. */
  releaseLeases(names: readonly string[], holder: string): Promise<void>;
  /** Tells all servers that listen, this one included. What is told while one does not listen, it never hears. */
  tell(message: string): Promise<void>;
  listen(listener: Listener): void;
  close(): Promise<void>;
}
