import type { KindDefinition, KindObject, ObjectKey } from '@causeway/model';

/** `after` asks for another look in so many milliseconds, though nothing changed. */
export interface ReconcileResult {
  readonly after?: number;
}

/** Makes one object true. Level-triggered: gets a key, reads, compares, acts, reports. Throwing means: again, with backoff. */
export type Reconcile = (key: ObjectKey, signal: AbortSignal) => Promise<ReconcileResult | undefined>;

export interface Watched {
  readonly kind: KindDefinition;
  readonly keys: (object: KindObject) => readonly ObjectKey[];
  /** Nobody waits for what is made of it: looked at so many milliseconds later, once for all that happens meanwhile. */
  readonly laterMs?: number;
}

export interface ControllerDefinition<K extends KindDefinition = KindDefinition> {
  /** For logs, metrics and audit: `service`. */
  readonly name: string;
  readonly kind: K;
  /** How many keys at once; one key never runs twice at once. Default 8. */
  readonly concurrency?: number;
  /** Other kinds whose changes concern objects of this one. */
  readonly watches?: readonly Watched[];
  readonly reconcile: Reconcile;
}

export interface Controller {
  /** Look at this key soon: something outside the store happened. */
  nudge(key: ObjectKey): void;
  stop(): Promise<void>;
}

export const defineController = <K extends KindDefinition>(
  definition: ControllerDefinition<K>,
): ControllerDefinition<K> => definition;

/** Keys for `watches`: the owner of this kind, if the object has one. */
export const ownerKeys =
  (kind: KindDefinition) =>
  (object: KindObject): readonly ObjectKey[] =>
    (object.metadata.ownerReferences ?? [])
      .filter(owner => owner.kind === kind.kind)
      .map(owner => ({
        namespace: kind.scope === 'Cluster' ? '' : (object.metadata.namespace ?? ''),
        name: owner.name,
      }));
