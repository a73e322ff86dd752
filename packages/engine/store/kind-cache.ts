import type { KindObject } from '@causeway/model';
import { EventLog } from './event-log.ts';
import { LabelIndex } from './label-index.ts';
import type { LabelRequirement } from './label-selector.ts';
import { SortedKeys } from './sorted-keys.ts';

/** The objects of one kind by their keys, in order, and the latest changes that led there. */
export class KindCache {
  readonly objects = new Map<string, KindObject>();
  readonly log: EventLog;
  readonly #sorted = new SortedKeys(this.objects);
  readonly #labels = new LabelIndex(this.objects);
  readonly #perNamespace = new Map<string, number>();

  constructor(floor: number) {
    this.log = new EventLog(floor);
  }

  /** Keys in order, valid until the next change. */
  get keys(): readonly string[] {
    return this.#sorted.all();
  }

  /** The keys, in order, of all objects whose labels can be as they are required, and perhaps of others. */
  keysFor(labels: readonly LabelRequirement[] = []): readonly string[] {
    return this.#labels.candidates(labels)?.sort() ?? this.keys;
  }

  /** How many objects a namespace has. */
  count(namespace: string): number {
    return this.#perNamespace.get(namespace) ?? 0;
  }

  set(key: string, object: KindObject | undefined): void {
    const before = this.objects.get(key);
    if (object) this.objects.set(key, object);
    else this.objects.delete(key);
    this.#labels.move(key, before, object);
    if ((object === undefined) === (before === undefined)) return;
    this.#sorted.touch(key);
    const namespace = (object ?? before)?.metadata.namespace ?? '';
    const count = this.count(namespace) + (object ? 1 : -1);
    if (count > 0) this.#perNamespace.set(namespace, count);
    else this.#perNamespace.delete(namespace);
  }
}
