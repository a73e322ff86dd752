import type { KindDefinition, KindObject } from '@causeway/model';
import { meetsField, parseFieldSelector } from './field-selector.ts';
import { type LabelRequirement, meets, parseLabelSelector } from './label-selector.ts';
import type { ListOptions } from './store.ts';

export type Matches = (object: KindObject) => boolean;

/** What a list or watch asks for. */
export interface Selection {
  /** As one predicate; `undefined` when everything matches. */
  readonly matches: Matches | undefined;
  /** What it wants of labels, which is part of it. */
  readonly labels: readonly LabelRequirement[];
}

export const parseSelectors = (
  kind: KindDefinition,
  options: Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'>,
): Selection => {
  const { namespace, namespaces, labelSelector, fieldSelector } = options;
  const parts: Matches[] = [];
  if (namespace) parts.push(object => object.metadata.namespace === namespace);
  if (namespaces) {
    const place = kind.scope === 'Cluster' ? 'name' : 'namespace';
    parts.push(object => namespaces.has(object.metadata[place] ?? ''));
  }
  const labels = parseLabelSelector(labelSelector ?? '');
  for (const requirement of labels) parts.push(object => meets(object, requirement));
  for (const requirement of parseFieldSelector(kind, fieldSelector ?? ''))
    parts.push(object => meetsField(object, requirement));
  const all: Matches = object => parts.every(matches => matches(object));
  return { matches: parts.length > 1 ? all : parts[0], labels };
};
