import { hash } from 'node:crypto';
import type { Content, Seen, WatchedKind } from './history.ts';

/** Annotations of clients; others are the server's business. */
export const annotationPrefix = 'outside/';

/** An object of the resource model, as far as the judges look into it. */
export interface RawObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly description?: string };
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};

const contentOf = ({ metadata, spec }: RawObject): Content => ({
  description: spec?.description ?? '',
  annotations: Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([name]) => name.startsWith(annotationPrefix)),
  ),
  labels: metadata.labels ?? {},
});

export const seenObject = (kind: WatchedKind, raw: RawObject): Seen => ({
  kind,
  namespace: raw.metadata.namespace ?? '',
  name: raw.metadata.name,
  uid: raw.metadata.uid,
  version: Number(raw.metadata.resourceVersion ?? 0),
  generation: raw.metadata.generation ?? 0,
  ...contentOf(raw),
  digest: hash('sha1', JSON.stringify(sorted(raw)), 'base64').slice(0, 16),
});
