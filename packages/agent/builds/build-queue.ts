import { type Build, keyOf, keyText } from '@causeway/model';
import { isOver } from './status-writer.ts';

const serviceOf = (build: Build): string =>
  keyText({ namespace: keyOf(build).namespace, name: build.spec.service });

/** Builds that wait. Services take turns in the order in which they came; of one service the newest push goes first. */
export class BuildQueue {
  /** uid → build, in order of arrival. */
  readonly #waiting = new Map<string, Build>();

  /** Adds a build or replaces what is known of it; one that is over leaves. */
  put(build: Build): void {
    const { uid, deletionTimestamp } = build.metadata;
    if (isOver(build.status?.phase) || deletionTimestamp !== undefined) this.#waiting.delete(uid);
    else this.#waiting.set(uid, build);
  }

  remove(uid: string): void {
    this.#waiting.delete(uid);
  }

  /** Takes out the build that is next; `undefined` when none waits. */
  next(): Build | undefined {
    const [first] = this.#waiting.values();
    if (!first) return undefined;
    const service = serviceOf(first);
    const chosen = [...this.#waiting.values()]
      .filter(build => serviceOf(build) === service)
      .reduce((newest, build) => (build.spec.sequence > newest.spec.sequence ? build : newest));
    this.#waiting.delete(chosen.metadata.uid);
    return chosen;
  }
}
