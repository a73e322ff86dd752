import type { Store } from '@causeway/engine';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  type KindDefinition,
  type KindObject,
  keyOf,
  kindId,
  type ObjectKey,
  type ObjectOf,
} from '@causeway/model';

/** A store as it will be once a plan is carried out, for those that only look. */
export interface PlannedStore {
  readonly store: Store;
  /** Created or changed. */
  put(kind: KindDefinition, object: KindObject): void;
  drop(kind: KindDefinition, key: ObjectKey): void;
}

const requestKind = kindId(EnvironmentRequestKind);

const textOf = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`;

/** Looks see what is planned; writes, which are dry runs, go to the store as it is. */
export const createPlannedStore = (store: Store): PlannedStore => {
  /** `undefined`: gone. */
  const planned = new Map<string, Map<string, KindObject | undefined>>();
  const of = (kind: KindDefinition): Map<string, KindObject | undefined> => {
    const id = kindId(kind);
    const known = planned.get(id) ?? new Map<string, KindObject | undefined>();
    planned.set(id, known);
    return known;
  };
  return {
    put: (kind, object) => of(kind).set(textOf(keyOf(object)), object),
    drop(kind, key) {
      of(kind).set(textOf(key), undefined);
      // What was made from a request goes with it.
      const made = kindId(kind) === requestKind ? store.peek(EnvironmentKind, key) : undefined;
      if (made?.spec.type === 'requested') of(EnvironmentKind).set(textOf(key), undefined);
    },
    store: {
      ...store,
      peek: <K extends KindDefinition>(kind: K, key: ObjectKey) => {
        const known = planned.get(kindId(kind));
        return known?.has(textOf(key))
          ? (known.get(textOf(key)) as ObjectOf<K> | undefined)
          : store.peek(kind, key);
      },
      peekAll: <K extends KindDefinition>(
        kind: K,
        namespace?: string,
        where: (object: ObjectOf<K>) => boolean = () => true,
      ) => {
        const known = planned.get(kindId(kind));
        if (!known) return store.peekAll(kind, namespace, where);
        const there = store.peekAll(
          kind,
          namespace,
          object => !known.has(textOf(keyOf(object))) && where(object),
        );
        const more = [...known.values()].filter(
          object =>
            object !== undefined &&
            (namespace === undefined || (object.metadata.namespace ?? '') === namespace),
        ) as unknown as ObjectOf<K>[];
        return [...there, ...more.filter(where)];
      },
      get: async (kind, key, options) => {
        const known = planned.get(kindId(kind))?.get(textOf(key));
        return known ? (known as never) : store.get(kind, key, options);
      },
    },
  };
};
