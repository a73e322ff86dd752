import { samePlain } from '@causeway/engine';
import { type Fields, isFields, type KindObject } from '@causeway/model';
import { ownAnnotations } from '../source/annotations.ts';

const longest = 80;
const most = 50;

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
};

const isNamed = (items: readonly unknown[]): items is readonly (Fields & { name: string })[] =>
  items.every(item => isFields(item) && typeof item.name === 'string');

const between = (path: string, before: unknown, after: unknown): string[] => {
  if (samePlain(before, after)) return [];
  if (isFields(before) && isFields(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(name =>
      between(`${path}.${name}`, before[name], after[name]),
    );
  if (Array.isArray(before) && Array.isArray(after) && isNamed(before) && isNamed(after)) {
    const byName = (items: readonly (Fields & { name: string })[]) =>
      new Map(items.map(item => [item.name, item] as const));
    const [old, next] = [byName(before), byName(after)];
    const inside = [...new Set([...old.keys(), ...next.keys()])].flatMap(name =>
      between(`${path}[${name}]`, old.get(name), next.get(name)),
    );
    return inside.length > 0 ? inside : [`${path}: in another order`];
  }
  return [`${path}: ${shown(before)} → ${shown(after)}`];
};

const own = new Set(ownAnnotations);

const forPeople = ({ metadata: { labels = {}, annotations = {} }, spec }: KindObject) => ({
  metadata: {
    labels,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !own.has(key))),
  },
  spec,
});

/** What is other of an object, field by field: `spec.replicas: 1 → 2`. */
export const fieldChanges = (before: KindObject, after: KindObject): string[] => {
  const [old, next] = [forPeople(before), forPeople(after)];
  return [...between('metadata', old.metadata, next.metadata), ...between('spec', old.spec, next.spec)].slice(
    0,
    most,
  );
};
