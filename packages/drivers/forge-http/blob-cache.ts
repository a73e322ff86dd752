const mostBytes = 32 * 1024 * 1024;

/** Contents by their id, which never change: of a folder only what is new is asked for. The oldest go first. */
export class BlobCache {
  readonly #blobs = new Map<string, Buffer>();
  readonly #most: number;
  #bytes = 0;

  constructor(most = mostBytes) {
    this.#most = most;
  }

  /** What was kept, else what `fetch` brings. `id` names the repository, too: nobody reads another’s by its hash. */
  async get(id: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#blobs.get(id);
    if (known) return known;
    const blob = await fetch();
    if (blob.length <= this.#most / 8 && !this.#blobs.has(id)) this.#keep(id, blob);
    return blob;
  }

  #keep(id: string, blob: Buffer): void {
    this.#blobs.set(id, blob);
    this.#bytes += blob.length;
    for (const [oldest, { length }] of this.#blobs) {
      if (this.#bytes <= this.#most) return;
      this.#blobs.delete(oldest);
      this.#bytes -= length;
    }
  }
}
