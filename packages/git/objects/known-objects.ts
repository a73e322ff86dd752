import type { ObjectContent } from './object-process.ts';

const mostBytes = 4 * 1024 * 1024;
const largest = 64 * 1024;
/** What an entry takes beside its content. */
const entryBytes = 200;

/** Objects of a repository that were read lately, the small ones. What an id names never changes. */
export class KnownObjects {
  /** The one that was read first goes first. */
  readonly #objects = new Map<string, ObjectContent>();
  #bytes = 0;

  get(id: string): ObjectContent | undefined {
    return this.#objects.get(id);
  }

  add<T extends ObjectContent | undefined>(id: string, found: T): T {
    if (!found || found.size > largest || this.#objects.has(id)) return found;
    this.#objects.set(id, found);
    this.#bytes += found.size + entryBytes;
    for (const [oldest, { size }] of this.#objects) {
      if (this.#bytes <= mostBytes) break;
      this.#objects.delete(oldest);
      this.#bytes -= size + entryBytes;
    }
    return found;
  }
}
