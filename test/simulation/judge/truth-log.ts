import type { HistoryEntry, Truth } from '../database/truth.ts';

/** A stored object as the judges read it. */
export interface JudgedObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
}

export interface Entry extends HistoryEntry {
  readonly object: JudgedObject;
  /** The same object’s state before; nothing when it did not exist. */
  readonly before: Entry | undefined;
  /** When it was followed by another state or by nothing: the revision of that. */
  next: number;
}

/** Which objects a list or watch asked for. */
export type Selects = (object: JudgedObject) => boolean;

/** Everything that was ever committed, as the judges see it: the one order that all must agree with. */
export class TruthLog {
  readonly #truth: Truth;
  readonly #entries: Entry[] = [];
  readonly #byObject = new Map<string, Entry[]>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  get entries(): readonly Entry[] {
    const { log } = this.#truth;
    while (this.#entries.length < log.length) this.#add(log[this.#entries.length] as HistoryEntry);
    return this.#entries;
  }

  #add(entry: HistoryEntry): void {
    const all = this.#statesOf(entry.kind, entry.name);
    const last = all.at(-1);
    const judged: Entry = {
      ...entry,
      object: JSON.parse(entry.data),
      before: last?.type === 'DELETED' ? undefined : last,
      next: Number.POSITIVE_INFINITY,
    };
    if (last) last.next = entry.revision;
    all.push(judged);
    this.#entries.push(judged);
  }

  at(revision: number): Entry | undefined {
    const entry = this.entries[revision - 1];
    return entry?.revision === revision ? entry : this.entries.find(one => one.revision === revision);
  }

  /** All states of one object, deletions included. */
  of(kind: string, name: string): readonly Entry[] {
    return this.entries.length > 0 ? this.#statesOf(kind, name) : [];
  }

  #statesOf(kind: string, name: string): Entry[] {
    const place = `${kind} ${name}`;
    const known = this.#byObject.get(place) ?? [];
    if (known.length === 0) this.#byObject.set(place, known);
    return known;
  }

  /** Whether at some revision from `since` to `until` the object was not there. */
  wasAbsent(kind: string, name: string, since: number, until: number): boolean {
    const entries = this.of(kind, name);
    const first = entries[0];
    if (!first || first.revision > since) return true;
    return entries.some(
      ({ type, revision, next }) => type === 'DELETED' && revision <= until && next > since,
    );
  }

  /** Whether at some revision from `since` to `until` it was there, in a state that fits. */
  wasThere(
    kind: string,
    name: string,
    since: number,
    until: number,
    fits: (entry: Entry) => boolean,
  ): boolean {
    return this.of(kind, name).some(
      entry => entry.type !== 'DELETED' && entry.revision <= until && entry.next > since && fits(entry),
    );
  }

  /** `name@revision` of all objects of a kind at a revision, in the order of names. */
  state(kind: string, revision: number, selects: Selects = () => true): string[] {
    const found: string[] = [];
    for (const entry of this.entries)
      if (
        entry.kind === kind &&
        entry.type !== 'DELETED' &&
        entry.revision <= revision &&
        entry.next > revision &&
        selects(entry.object)
      )
        found.push(`${entry.name}@${entry.revision}`);
    return found.sort();
  }

  /** What a watch must tell of the changes after a revision: `TYPE name@revision`. */
  told(kind: string, after: number, selects: Selects): string[] {
    const events: string[] = [];
    for (const { kind: changed, type, name, revision, object, before } of this.entries) {
      if (changed !== kind || revision <= after) continue;
      const was = before !== undefined && selects(before.object);
      const is = type !== 'DELETED' && selects(object);
      if (!was && !is) continue;
      events.push(`${is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED'} ${name}@${revision}`);
    }
    return events;
  }
}
