import { setTimeout as sleep } from 'node:timers/promises';
import {
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyOf,
  keyText,
  type ObjectOf,
  type PlatformError,
  toPlatformError,
} from '@causeway/model';
import { resourcePath, withQuery } from '../http/resource-path.ts';
import type { Transport } from '../http/transport.ts';
import { backoffMs } from './backoff.ts';
import { isInitialEventsEnd, readWatch, type WatchEvent } from './watch-events.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface InformOptions<O = KindObject> {
  /** One namespace; all when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * Every object once as ADDED, then each change. Never anything older than seen before; a deletion is told even if it
   * happened while the connection was down, with the object as last seen. Runs synchronously: keep it short.
   */
  readonly onChange: (type: ChangeType, object: O) => void;
  /** Once, when the state at the start has been told completely. */
  readonly onSynced?: () => void;
  /** Each time the watch fails and will be tried again, and when a callback throws. */
  readonly onError?: (error: PlatformError) => void;
  readonly signal: AbortSignal;
}

/**
 * Which of two resource versions is newer. They are decimal numbers of any size (Kubernetes 1.35 made
 * them comparable), so the longer one is larger.
 */
export const isNewer = (version: string, than: string): boolean =>
  version.length === than.length ? version > than : version.length > than.length;

/** How time passes between attempts, so that simulation can hold it. */
export interface Pace {
  /** Milliseconds since some moment; only ever grows. */
  elapsed(): number;
  /** Resolves after `ms`, or when the signal ends. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, but not including, 1. */
  fraction(): number;
}

const systemPace: Pace = {
  elapsed: () => performance.now(),
  pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  fraction: Math.random,
};

/** A connection that lasted so long was a good one: when it ends, the next is tried at once. */
const steadyMs = 1000;

/** What has been seen of a kind, and what of it is news. */
class SeenObjects<O extends KindObject<unknown, unknown>> {
  readonly #objects = new Map<string, O>();
  readonly #tell: (type: ChangeType, object: O) => void;
  /** The newest version told; a watch goes on from here. */
  version = '0';
  /** While the state is told anew: the keys it has named so far. */
  #named: Set<string> | undefined;

  constructor(tell: (type: ChangeType, object: O) => void) {
    this.#tell = tell;
  }

  beginState(): void {
    this.#named = new Set();
  }

  /** What the complete state did not name is gone. */
  endState(): void {
    for (const [key, object] of this.#objects) {
      if (this.#named?.has(key)) continue;
      this.#objects.delete(key);
      this.#tell('DELETED', object);
    }
    this.#named = undefined;
  }

  apply(event: WatchEvent<O>): void {
    const { object, type } = event;
    if (type === 'BOOKMARK') this.#advance(object.metadata.resourceVersion);
    else if (type === 'DELETED') this.#remove(object);
    else this.#put(object);
  }

  #advance(version: string): void {
    if (isNewer(version, this.version)) this.version = version;
  }

  #put(object: O): void {
    const key = keyText(keyOf(object));
    const known = this.#objects.get(key);
    const version = object.metadata.resourceVersion;
    this.#named?.add(key);
    if (known ? !isNewer(version, known.metadata.resourceVersion) : this.#isOld(version)) return;
    this.#objects.set(key, object);
    // The state may name an object that was deleted and made again meanwhile.
    const replaced = known !== undefined && known.metadata.uid !== object.metadata.uid;
    if (replaced) this.#tell('DELETED', known);
    this.#tell(known && !replaced ? 'MODIFIED' : 'ADDED', object);
    // While a state is told its objects come in no order of versions: only its bookmark says how far it goes.
    if (this.#named === undefined) this.#advance(version);
  }

  #remove(object: O): void {
    const key = keyText(keyOf(object));
    const known = this.#objects.get(key);
    this.#named?.delete(key);
    if (this.#named === undefined) this.#advance(object.metadata.resourceVersion);
    if (!known || isNewer(known.metadata.resourceVersion, object.metadata.resourceVersion)) return;
    this.#objects.delete(key);
    this.#tell('DELETED', object);
  }

  /** Of an object unknown here: deleted before, so an event repeated from before must not bring it back. */
  #isOld(version: string): boolean {
    return this.#named === undefined && !isNewer(version, this.version);
  }
}

/**
 * Follows a kind until the signal aborts, then resolves. The first connection streams the present state
 * (`sendInitialEvents`), the next ones go on from the newest version seen; `Expired` streams the state anew
 * and what is missing from it is told as deleted.
 */
export const inform = async <K extends KindDefinition>(
  transport: Transport,
  kind: K,
  options: InformOptions<ObjectOf<K>>,
  pace: Pace = systemPace,
): Promise<void> => {
  const { signal, onError } = options;
  const guarded = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      onError?.(toPlatformError(error));
    }
  };
  const seen = new SeenObjects<ObjectOf<K>>((type, object) => guarded(() => options.onChange(type, object)));
  const path = resourcePath(kind, options.namespace ?? '');
  const { labelSelector, fieldSelector } = options;
  const always = { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector };
  let inState = true;
  let synced = false;
  let failures = 0;

  const onEvent = (event: WatchEvent): void => {
    seen.apply(event as WatchEvent<ObjectOf<K>>);
    if (!inState || !isInitialEventsEnd(event)) return;
    inState = false;
    seen.endState();
    if (synced) return;
    synced = true;
    if (options.onSynced) guarded(options.onSynced);
  };

  const connect = (): Promise<void> => {
    // Nothing was ever written so far: there is no version to go on from, and what is told is a state again.
    if (seen.version === '0') inState = true;
    if (inState) seen.beginState();
    const resourceVersion = seen.version === '0' ? undefined : seen.version;
    const since = inState
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion }
      : { resourceVersion };
    return readWatch(transport, withQuery(path, { ...always, ...since }), signal, onEvent);
  };

  while (!signal.aborted) {
    const began = pace.elapsed();
    try {
      await connect();
    } catch (error) {
      if (signal.aborted) return;
      if (isPlatformError(error, 'Expired')) inState = true;
      guarded(() => onError?.(toPlatformError(error)));
    }
    if (pace.elapsed() - began > steadyMs) failures = 0;
    await pace.pause(backoffMs(failures++, pace.fraction), signal);
  }
};
