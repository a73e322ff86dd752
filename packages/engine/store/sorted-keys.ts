/** More than this many are merged: each one alone moves all that follow it. */
const fewAtOnce = 64;

/** Where a key is, or would be: the first place whose key is not less. */
export const placeOf = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The keys of a map in order. What came or went since the last look is put in its place when somebody looks: few one by one,
 * many by a merge, so that neither loading many nor looking after each write costs a sort.
 */
export class SortedKeys {
  readonly #map: ReadonlyMap<string, unknown>;
  #keys: string[] = [];
  #touched = new Set<string>();

  constructor(map: ReadonlyMap<string, unknown>) {
    this.#map = map;
  }

  /** This key came or went. */
  touch(key: string): void {
    this.#touched.add(key);
  }

  /** Valid until the map changes. */
  all(): readonly string[] {
    if (this.#touched.size === 0) return this.#keys;
    if (this.#touched.size <= fewAtOnce) for (const key of this.#touched) this.#place(key);
    else this.#merge([...this.#touched].filter(key => this.#map.has(key)).sort());
    this.#touched = new Set();
    return this.#keys;
  }

  #place(key: string): void {
    const place = placeOf(this.#keys, key);
    const isIn = this.#keys[place] === key;
    if (this.#map.has(key)) {
      if (!isIn) this.#keys.splice(place, 0, key);
    } else if (isIn) this.#keys.splice(place, 1);
  }

  #merge(added: readonly string[]): void {
    const merged: string[] = [];
    let next = 0;
    for (const key of this.#keys) {
      if (this.#touched.has(key)) continue;
      while (next < added.length && (added[next] as string) < key) merged.push(added[next++] as string);
      merged.push(key);
    }
    while (next < added.length) merged.push(added[next++] as string);
    this.#keys = merged;
  }
}
