import type { KindDefinition, KindObject } from '@causeway/model';
import { meetsField, parseFieldSelector } from './field-selector.ts';
import { meets, parseLabelSelector } from './label-selector.ts';
import type { ListOptions } from './store.ts';

export type Matches = (object: KindObject) => boolean;

/** What a list or watch asks for, as one predicate; `undefined` when everything matches. */
export const parseSelectors = (
  kind: KindDefinition,
  options: Pick<ListOptions, 'namespace' | 'namespaces' | 'labelSelector' | 'fieldSelector'>,
): Matches | undefined => {
  const { namespace, namespaces, labelSelector, fieldSelector } = options;
  const parts: Matches[] = [];
  if (namespace) parts.push(object => object.metadata.namespace === namespace);
  if (namespaces) {
    const place = kind.scope === 'Cluster' ? 'name' : 'namespace';
    parts.push(object => namespaces.has(object.metadata[place] ?? ''));
  }
  for (const requirement of parseLabelSelector(labelSelector ?? ''))
    parts.push(object => meets(object, requirement));
  for (const requirement of parseFieldSelector(kind, fieldSelector ?? ''))
    parts.push(object => meetsField(object, requirement));
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : object => parts.every(matches => matches(object));
};
