import { hash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@causeway/engine';
import { type AccessToken, AccessTokenKind } from '@causeway/model';

/** How often an unknown token may make everything be read again: often enough for a token just made, too seldom to hurt. */
const rebuildEveryMs = 100;

/** Finds the AccessToken object of a bearer token. Only hashes are compared; a deleted object is found no more at once. */
export class TokenIndex {
  readonly #store: Store;
  /** SHA-256, hexadecimal → the object's name. */
  #names = new Map<string, string>();
  #next: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(store: Store) {
    this.#store = store;
  }

  async find(token: string): Promise<AccessToken | undefined> {
    const digest = hash('sha256', token, 'hex');
    const found = this.#lookUp(digest);
    if (found) return found;
    await this.#rebuild();
    return this.#lookUp(digest);
  }

  /** Whether a token that was found is still there. */
  holds(token: AccessToken): boolean {
    return (
      this.#store.peek(AccessTokenKind, { namespace: '', name: token.metadata.name })?.metadata.uid ===
      token.metadata.uid
    );
  }

  #lookUp(digest: string): AccessToken | undefined {
    const name = this.#names.get(digest);
    if (name === undefined) return undefined;
    const object = this.#store.peek(AccessTokenKind, { namespace: '', name });
    return object && timingSafeEqual(Buffer.from(object.spec.sha256), Buffer.from(digest))
      ? object
      : undefined;
  }

  /** All who miss before the look begins share it: it shows every token made before they asked. */
  #rebuild(): Promise<void> {
    this.#next ??= this.#read();
    return this.#next;
  }

  async #read(): Promise<void> {
    await sleep(Math.max(0, this.#lookedAt + rebuildEveryMs - performance.now()));
    this.#next = undefined;
    this.#lookedAt = performance.now();
    const { items } = await this.#store.list(AccessTokenKind);
    this.#names = new Map(items.map(({ metadata, spec }) => [spec.sha256, metadata.name]));
  }
}
