/**
 * One step of a change or of a person’s journey. `type` is a noun and a past participle joined by a dot, after CDEvents
 * (`build.finished`, `service.published`).
 */
export interface LedgerEntry {
  /** The same step has the same id, so recording it twice records it once. */
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly team: string;
  readonly service: string;
  readonly environment?: string;
  readonly actor: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface LedgerQuery {
  readonly team?: string;
  readonly service?: string;
  readonly since?: string;
}
