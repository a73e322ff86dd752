import {
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyText,
  kindId,
  type ObjectKey,
  type OwnerReference,
  parseKey,
} from '@causeway/model';
import type { Clock } from '../clock.ts';
import type { Database, StoredChange, Turn } from '../database/database.ts';
import type { Change, EventLog } from './event-log.ts';
import { KindCache } from './kind-cache.ts';
import { storedObject } from './stored-object.ts';

/**
 * All objects as of one revision, and the changes that led there. It moves only forward, a whole batch at a time, so
 * what it shows was at some moment exactly the truth.
 */
export class Cache {
  readonly #kinds = new Map<string, KindCache>();
  readonly #byOwner = new Map<string, Set<string>>();
  /** By kind; of all kinds under `''`. */
  readonly #subscribers = new Map<string, Set<(change: Change) => void>>();
  readonly #arrivals = new Set<() => void>();
  readonly #definitions: ReadonlyMap<string, KindDefinition>;
  #revision = 0;

  constructor(kinds: readonly KindDefinition[]) {
    this.#definitions = new Map(kinds.map(kind => [kindId(kind), kind]));
  }

  /** An object from its stored text. */
  read(kind: string, data: string): KindObject {
    return storedObject(data, this.#definitions.get(kind));
  }

  get revision(): number {
    return this.#revision;
  }

  kind(kind: string): KindCache {
    let cache = this.#kinds.get(kind);
    if (!cache) {
      cache = new KindCache(this.#revision);
      this.#kinds.set(kind, cache);
    }
    return cache;
  }

  /** How many objects there are of each kind that was ever asked for or written. */
  counts(): Map<string, number> {
    return new Map([...this.#kinds].map(([kind, { objects }]) => [kind, objects.size]));
  }

  get(kind: string, key: ObjectKey): KindObject | undefined {
    return this.kind(kind).objects.get(keyText(key));
  }

  /** How many objects of a kind a namespace has. */
  count(kind: string, namespace: string): number {
    return this.kind(kind).count(namespace);
  }

  /** What names this object as its owner: kind and key. */
  dependents(uid: string): { kind: string; key: ObjectKey }[] {
    return [...(this.#byOwner.get(uid) ?? [])].map(entry => {
      const [kind = '', key = ''] = entry.split('\n');
      return { kind, key: parseKey(key) };
    });
  }

  /**
   * Called for each change of these kinds, or of all, in order, before anyone who waits is woken. Must not throw. The result
   * ends it.
   */
  subscribe(onChange: (change: Change) => void, kinds: Iterable<string> = ['']): () => void {
    const subscribed = [...kinds];
    for (const kind of subscribed) {
      const subscribers = this.#subscribers.get(kind) ?? new Set();
      this.#subscribers.set(kind, subscribers.add(onChange));
    }
    return () => {
      for (const kind of subscribed) this.#subscribers.get(kind)?.delete(onChange);
    };
  }

  #tell(change: Change): void {
    for (const kind of ['', change.kind])
      for (const subscriber of this.#subscribers.get(kind) ?? []) subscriber(change);
  }

  /** Loads everything at the revision the database has now. */
  async load(database: Database): Promise<void> {
    const { revision, objects } = await database.load();
    this.#revision = revision;
    for (const { kind, namespace, name, data } of objects)
      this.#put(kind, keyText({ namespace, name }), this.read(kind, data));
  }

  /** Whether a revision is here within so long. */
  reaches(revision: number, clock: Clock, withinMs: number): Promise<boolean> {
    return new Promise(resolve => {
      const look = () => {
        if (this.#revision >= revision) end();
      };
      const end = () => {
        this.#arrivals.delete(look);
        cancel();
        resolve(this.#revision >= revision);
      };
      const cancel = clock.after(withinMs, end);
      this.#arrivals.add(look);
    });
  }

  /**
   * Reads what other servers committed since. When that is not kept any more, everything: then subscribers hear how it
   * differs from what was, and watches are `Expired`.
   */
  async catchUp(
    source: Pick<Database | Turn, 'changesAfter'>,
    database: Pick<Database, 'load'>,
  ): Promise<void> {
    let changes: readonly StoredChange[];
    try {
      changes = await source.changesAfter(this.#revision);
    } catch (error) {
      if (!isPlatformError(error, 'Expired')) throw error;
      return this.#reload(database);
    }
    this.apply(
      changes
        .filter(change => change.revision > this.#revision)
        .map(({ revision, type, kind, data }) => ({ revision, type, kind, object: this.read(kind, data) })),
    );
  }

  async #reload(database: Pick<Database, 'load'>): Promise<void> {
    const { revision, objects } = await database.load();
    if (revision <= this.#revision) return;
    const now = new Map<string, Set<string>>();
    const changes: Change[] = [];
    for (const { kind, namespace, name, data } of objects) {
      const key = keyText({ namespace, name });
      now.set(kind, (now.get(kind) ?? new Set()).add(key));
      const before = this.kind(kind).objects.get(key);
      const object = this.read(kind, data);
      if (before?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      const told = { revision: Number(object.metadata.resourceVersion), kind };
      // Another object of the same name: that the first is gone matters to what belonged to it.
      const replaced = before && before.metadata.uid !== object.metadata.uid;
      if (replaced) changes.push({ ...told, type: 'DELETED', object: before, before });
      if (before && !replaced) changes.push({ ...told, type: 'MODIFIED', object, before });
      else changes.push({ ...told, type: 'ADDED', object, before: undefined });
    }
    for (const [kind, cache] of this.#kinds)
      for (const [key, before] of cache.objects)
        if (!now.get(kind)?.has(key))
          changes.push({ revision, type: 'DELETED', kind, object: before, before });
    this.#revision = revision;
    for (const change of changes.sort((a, b) => a.revision - b.revision)) {
      const { namespace = '', name } = change.object.metadata;
      this.#put(
        change.kind,
        keyText({ namespace, name }),
        change.type === 'DELETED' ? undefined : change.object,
      );
    }
    for (const { log } of this.#kinds.values()) log.restart(revision);
    for (const change of changes) this.#tell(change);
    this.#arrived();
  }

  /** Moves forward by changes whose revisions follow the present one. */
  apply(changes: readonly Omit<Change, 'before'>[]): void {
    const logs = new Set<EventLog>();
    for (const given of changes) {
      const key = keyText({
        namespace: given.object.metadata.namespace ?? '',
        name: given.object.metadata.name,
      });
      const kind = this.kind(given.kind);
      const change: Change = { ...given, before: kind.objects.get(key) };
      this.#put(given.kind, key, given.type === 'DELETED' ? undefined : given.object);
      this.#revision = given.revision;
      kind.log.append(change);
      logs.add(kind.log);
      this.#tell(change);
    }
    for (const log of logs) log.wake();
    if (changes.length > 0) this.#arrived();
  }

  #arrived(): void {
    for (const look of [...this.#arrivals]) look();
  }

  #put(kind: string, key: string, object: KindObject | undefined): void {
    const cache = this.kind(kind);
    const before = cache.objects.get(key)?.metadata.ownerReferences;
    const after = object?.metadata.ownerReferences;
    if (before || after) this.#moveOwners(`${kind}\n${key}`, before ?? [], after ?? []);
    cache.set(key, object);
  }

  #moveOwners(entry: string, before: readonly OwnerReference[], after: readonly OwnerReference[]): void {
    for (const { uid } of before) this.#byOwner.get(uid)?.delete(entry);
    for (const { uid } of after) {
      const dependents = this.#byOwner.get(uid) ?? new Set();
      this.#byOwner.set(uid, dependents.add(entry));
    }
    for (const { uid } of before) if (this.#byOwner.get(uid)?.size === 0) this.#byOwner.delete(uid);
  }
}
