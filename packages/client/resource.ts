import { apiVersionOf, type KindDefinition, type NewObjectOf, type ObjectOf } from '@causeway/model';
import { type Query, resourcePath, withQuery } from './http/resource-path.ts';
import type { Transport } from './http/transport.ts';
import { type WatchEvent, watchEvents } from './watch/watch-events.ts';

export interface Selection {
  /** One namespace; all when absent. */
  readonly namespace?: string;
  /** As in Kubernetes: `app=x,env in (a,b),!old`. */
  readonly labelSelector?: string;
  /** `metadata.name=x,status.phase!=Failed`; only the kind's selectable fields. */
  readonly fieldSelector?: string;
}

export interface ListQuery extends Selection {
  readonly limit?: number;
  readonly continue?: string;
  readonly signal?: AbortSignal;
}

export interface ListAnswer<O> {
  readonly items: readonly O[];
  readonly resourceVersion: string;
  /** Ask again with it for what the limit left out. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchQuery extends Selection {
  /** Events after this version. Absent: the present state first, as ADDED. */
  readonly resourceVersion?: string;
  readonly signal: AbortSignal;
}

export interface WriteQuery {
  /** Checks, answers what would be stored, and stores nothing. */
  readonly dryRun?: boolean;
  /** A field that the kind does not have is a `BadRequest` that names it, instead of being left out. */
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
}

export interface DeleteQuery extends WriteQuery {
  /** Only if it is still the object of this uid. */
  readonly uid?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** A JSON merge patch (RFC 7386): null removes a field. */
export type MergePatch = Readonly<Record<string, unknown>>;

/** The verbs of one kind. `namespace` is '' for cluster-scoped kinds. Every method throws PlatformError. */
export interface Resource<K extends KindDefinition> {
  get(namespace: string, name: string, signal?: AbortSignal): Promise<ObjectOf<K>>;
  list(query?: ListQuery): Promise<ListAnswer<ObjectOf<K>>>;
  create(namespace: string, object: NewObjectOf<K>, query?: WriteQuery): Promise<ObjectOf<K>>;
  /** Puts the whole object; a `metadata.resourceVersion` that is not the stored one is a `Conflict`. */
  replace(object: ObjectOf<K>, query?: WriteQuery): Promise<ObjectOf<K>>;
  patch(namespace: string, name: string, patch: MergePatch, query?: WriteQuery): Promise<ObjectOf<K>>;
  patchStatus(namespace: string, name: string, patch: MergePatch, query?: WriteQuery): Promise<ObjectOf<K>>;
  /** The object when it only begins to go (finalizers run first); `undefined` when it is gone. */
  delete(namespace: string, name: string, query?: DeleteQuery): Promise<ObjectOf<K> | undefined>;
  /** Ends when the server ends it; `inform` of the client goes on by itself. */
  watch(query: WatchQuery): AsyncIterable<WatchEvent<ObjectOf<K>>>;
}

const mergePatch = 'application/merge-patch+json';

const selectionOf = ({ labelSelector, fieldSelector }: Selection): Query => ({
  labelSelector,
  fieldSelector,
});
const writeOf = ({ dryRun, strict }: WriteQuery): Query => ({
  dryRun: dryRun ? 'All' : undefined,
  fieldValidation: strict ? 'Strict' : undefined,
});
const signalOf = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

interface RawList {
  readonly items: readonly never[];
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

export const createResource = <K extends KindDefinition>(transport: Transport, kind: K): Resource<K> => {
  type O = ObjectOf<K>;
  const write = (
    method: string,
    path: string,
    body: unknown,
    query: WriteQuery = {},
    contentType?: string,
  ): Promise<O> =>
    transport.json({
      method,
      path: withQuery(path, writeOf(query)),
      body,
      ...(contentType ? { contentType } : {}),
      ...signalOf(query.signal),
    }) as Promise<O>;

  return {
    get: (namespace, name, signal) =>
      transport.json({
        method: 'GET',
        path: resourcePath(kind, namespace, name),
        ...signalOf(signal),
      }) as Promise<O>,

    async list(query = {}) {
      const path = withQuery(resourcePath(kind, query.namespace ?? ''), {
        ...selectionOf(query),
        limit: query.limit,
        continue: query.continue,
      });
      const { items, metadata } = (await transport.json({
        method: 'GET',
        path,
        ...signalOf(query.signal),
      })) as RawList;
      return {
        items,
        resourceVersion: metadata.resourceVersion,
        ...(metadata.continue ? { continue: metadata.continue } : {}),
        ...(metadata.remainingItemCount === undefined
          ? {}
          : { remainingItemCount: metadata.remainingItemCount }),
      };
    },

    create: (namespace, object, query) =>
      write(
        'POST',
        resourcePath(kind, namespace),
        { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object },
        query,
      ),

    replace: (object, query) =>
      write('PUT', resourcePath(kind, object.metadata.namespace ?? '', object.metadata.name), object, query),

    patch: (namespace, name, patch, query) =>
      write('PATCH', resourcePath(kind, namespace, name), patch, query, mergePatch),

    patchStatus: (namespace, name, patch, query) =>
      write('PATCH', resourcePath(kind, namespace, name, 'status'), patch, query, mergePatch),

    async delete(namespace, name, query = {}) {
      const options = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(query.propagation ? { propagationPolicy: query.propagation } : {}),
        ...(query.uid ? { preconditions: { uid: query.uid } } : {}),
      };
      const answer = (await write('DELETE', resourcePath(kind, namespace, name), options, query)) as
        | O
        | undefined;
      return answer?.kind === kind.kind ? answer : undefined;
    },

    watch: query =>
      watchEvents(
        transport,
        withQuery(resourcePath(kind, query.namespace ?? ''), {
          watch: true,
          ...selectionOf(query),
          resourceVersion: query.resourceVersion,
        }),
        query.signal,
      ) as AsyncIterable<WatchEvent<O>>,
  };
};
