/** How one policy judged, as it is kept. */
export interface DecisionResult {
  readonly policy: string;
  /** The digest of the policy’s text and parameters. */
  readonly version: string;
  readonly action: string;
  readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  readonly findings: readonly {
    readonly rule: string;
    readonly level: string;
    readonly message: string;
    /** `TEAM/NAME` of the exception that covers it. */
    readonly exception?: string;
  }[];
  /** Why it could not be evaluated. */
  readonly error?: string;
  readonly microseconds: number;
}

/** What was judged, as JSON. Whoever reads it judges again. */
export interface DecisionInput {
  /** SHA-256 of `data`: what is equal is kept once. */
  readonly digest: string;
  readonly data: string;
  /** Whether something secret was taken out: judged again, it may come out otherwise. */
  readonly redacted: boolean;
}

/** One judgement: who wanted what, and what each policy said. */
export interface DecisionRecord {
  /** The same judgement has the same id, so recording it twice records it once. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly place: string;
  /** Empty for what belongs to no team. */
  readonly team: string;
  readonly kind: string;
  readonly name: string;
  readonly operation: string;
  /** Who wanted it. */
  readonly actor: string;
  readonly allowed: boolean;
  /** Digest of what was judged. */
  readonly input: string;
  /** Digest of what rules could know beyond it, which many judgements share. */
  readonly context?: string;
  readonly results: readonly DecisionResult[];
}

/** A judgement with what it speaks of. */
export interface NewDecision extends DecisionRecord {
  readonly inputs: readonly DecisionInput[];
}

export interface RecordedDecision extends DecisionRecord {
  /** Counts up in the order of recording. */
  readonly seq: number;
  /** What was judged and what else could be known, where asked for and kept. */
  readonly inputs?: readonly DecisionInput[];
}

/** Newest first. */
export interface DecisionQuery {
  /** RFC 3339. */
  readonly since?: string;
  readonly policy?: string;
  /** Only of these teams; `''` is what belongs to none. */
  readonly teams?: readonly string[];
  readonly place?: string;
  readonly kind?: string;
  readonly name?: string;
  /** Only what was refused. */
  readonly denied?: boolean;
  /** Only what was recorded before this `seq`: to read on. */
  readonly before?: number;
  readonly limit: number;
  /** Also what was judged. */
  readonly inputs?: boolean;
}
