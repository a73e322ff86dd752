import { type KindObject, keyText, type ObjectKey } from '@causeway/model';
import type { Cache } from './cache.ts';

/** The truth under the write lock, with what earlier operations of the batch made of it. */
export interface View {
  get(kind: string, key: ObjectKey): KindObject | undefined;
  /** How many objects of a kind a namespace has. */
  count(kind: string, namespace: string): number;
}

interface Written {
  /** By key; `undefined` of those that are gone. */
  readonly objects: Map<string, KindObject | undefined>;
  /** How many more there are now, by namespace. */
  readonly grown: Map<string, number>;
}

/** The view of one batch: the cache, and what the batch wrote of each kind. */
export class BatchView implements View {
  readonly #cache: Cache;
  readonly #written = new Map<string, Written>();

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  get(kind: string, key: ObjectKey): KindObject | undefined {
    return this.#find(kind, keyText(key));
  }

  count(kind: string, namespace: string): number {
    return this.#cache.count(kind, namespace) + (this.#written.get(kind)?.grown.get(namespace) ?? 0);
  }

  /** From now on it is this object; `undefined` is none. Returns what it was. */
  put(kind: string, key: ObjectKey, object: KindObject | undefined): KindObject | undefined {
    const text = keyText(key);
    const before = this.#find(kind, text);
    const { objects, grown } = this.#writtenOf(kind);
    objects.set(text, object);
    const change = Number(object !== undefined) - Number(before !== undefined);
    if (change !== 0) grown.set(key.namespace, (grown.get(key.namespace) ?? 0) + change);
    return before;
  }

  #find(kind: string, text: string): KindObject | undefined {
    const objects = this.#written.get(kind)?.objects;
    return objects?.has(text) ? objects.get(text) : this.#cache.kind(kind).objects.get(text);
  }

  #writtenOf(kind: string): Written {
    let written = this.#written.get(kind);
    if (!written) {
      written = { objects: new Map(), grown: new Map() };
      this.#written.set(kind, written);
    }
    return written;
  }
}
