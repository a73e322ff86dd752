/** More than arrive in the time in which somebody would send one again. */
const mostKept = 10_000;

/**
 * Deliveries that were taken. What a delivery leads to is a look at the forge, so one that comes again does no harm; it is
 * dropped so that nobody has us look again and again. Only kept in memory for that reason.
 */
export class SeenDeliveries {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most = mostKept) {
    this.#most = most;
  }

  /** Whether it is the first with this id. */
  take(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > this.#most && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
