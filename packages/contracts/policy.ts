/** One text of a policy: a Rego module, a CEL expression, a Kyverno policy. */
export interface PolicyModule {
  /** For people, in errors: `policy.rego`. */
  readonly name: string;
  readonly source: string;
}

/** What an engine needs to judge. Equal sources have the same digest, and are compiled once. */
export interface PolicySource {
  readonly engine: 'rego' | 'cel' | 'kyverno';
  readonly modules: readonly PolicyModule[];
  /** Rego only: its syntax. Absent: told from the modules. */
  readonly version?: 'v0' | 'v1';
}

/** What may be judged: a document with `apiVersion`, `kind` and `metadata`, and what is asked of it. */
export interface PolicySubject {
  /** The document as it would be. */
  readonly object: Readonly<Record<string, unknown>>;
  /** As it was; absent for a new one. */
  readonly old?: Readonly<Record<string, unknown>>;
  /** Everything else that rules may read, as `input.request` or Gatekeeper’s `input.review`: deterministic, recorded, replayed. */
  readonly request: {
    readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
    readonly place: PolicyPlace;
    readonly user: string;
    /** What acts: `person`, `agent`, `automation`. */
    readonly actor: 'person' | 'agent' | 'automation';
    readonly team?: string;
    readonly environment?: string;
    /** RFC 3339. Rules see no other clock. */
    readonly time: string;
    /** What rules need to know beyond the object, such as the teams that exist. */
    readonly context?: Readonly<Record<string, unknown>>;
  };
}

/** Where a decision is taken. */
export const policyPlaces = [
  'push',
  'admission',
  'build-plan',
  'release',
  'change',
  'scan',
  'offline',
] as const;
export type PolicyPlace = (typeof policyPlaces)[number];

/** What a rule has to say. */
export interface PolicyFinding {
  /** The rule that says it: `deny`, `deny_latest`, `violation`, an index of a CEL validation. */
  readonly rule: string;
  readonly level: 'deny' | 'warn';
  readonly message: string;
  readonly details?: unknown;
}

/** How one policy judged. `error`: it could not, for the reason given; `exempt`: its own exceptions cover what it found. */
export interface PolicyEvaluation {
  readonly findings: readonly PolicyFinding[];
  readonly error?: { readonly message: string; readonly limit?: 'steps' | 'time' | 'memory' };
  /** What `print` and `trace` said, and which rules were looked at, where asked for. */
  readonly trace?: readonly string[];
  readonly microseconds: number;
}

export interface PolicyTestReport {
  readonly tests: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly message?: string;
    readonly microseconds: number;
  }[];
  /** Lines of each module that the tests ran, of those that can run. */
  readonly coverage: readonly {
    readonly module: string;
    readonly covered: readonly number[];
    readonly notCovered: readonly number[];
  }[];
}

/** What a source holds, once it compiled. */
export interface PolicyOutline {
  /** Names it in `evaluate`. */
  readonly digest: string;
  readonly syntax: 'rego.v0' | 'rego.v1' | 'cel' | 'kyverno';
  readonly rules: readonly string[];
  readonly tests: readonly string[];
}

/** What a policy may use up. Whatever goes beyond ends in its error, and nothing else suffers. */
export interface PolicyLimits {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/**
 * Judges documents by policies, off the main thread. The same sources, parameters and subject give the same findings,
 * wherever and whenever.
 */
export interface PolicyEngine {
  /** Compiles. Throws `Invalid` with file, line, column and what to do; `causes` name each fault. */
  load(source: PolicySource): Promise<PolicyOutline>;
  /** One evaluation for each policy asked, in order. A policy that is not loaded is an error of its evaluation. */
  evaluate(
    asked: readonly { readonly digest: string; readonly parameters?: Readonly<Record<string, unknown>> }[],
    subject: PolicySubject,
    options?: { readonly trace?: boolean },
  ): Promise<readonly PolicyEvaluation[]>;
  /** Runs the `test_` rules of a source together with what else it holds. */
  test(source: PolicySource): Promise<PolicyTestReport>;
  close(): Promise<void>;
}
