/** Whose log: a build's, or a replica's. `name` is the object's name. */
export interface LogSubject {
  readonly kind: 'build' | 'replica';
  readonly namespace: string;
  readonly name: string;
}

export interface LogOptions {
  /** Keep going as lines arrive, until the signal ends it. */
  readonly follow?: boolean;
  /** Only the last lines. */
  readonly tail?: number;
  readonly signal: AbortSignal;
}

export interface LogLine {
  /** RFC 3339, when the line was written; absent where the source does not know. */
  readonly at?: string;
  readonly text: string;
}

/** Reads logs wherever they are kept. A subject without a log yields nothing. */
export interface LogStore {
  read(subject: LogSubject, options: LogOptions): AsyncIterable<LogLine>;
  /** Names of the subjects of a namespace whose logs are kept, also of those that are gone; the one that wrote last is last. */
  list(kind: LogSubject['kind'], namespace: string): Promise<readonly string[]>;
}
