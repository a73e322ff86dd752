import type { KindObject } from '@causeway/model';
import type { LabelRequirement } from './label-selector.ts';

/** Labels of one kind that are indexed at once; the one that was asked for longest ago makes room. */
const maxLabels = 4;

/**
 * Which objects of a kind have which value of a label. Only labels by which somebody selects are indexed, from the first time:
 * what nobody asks for costs neither memory nor time.
 */
export class LabelIndex {
  readonly #objects: ReadonlyMap<string, KindObject>;
  /** Keys of objects by value, of each label; the label asked for last is at the end. */
  readonly #labels = new Map<string, Map<string, Set<string>>>();

  constructor(objects: ReadonlyMap<string, KindObject>) {
    this.#objects = objects;
  }

  /** To be called at each change of an object. */
  move(key: string, before: KindObject | undefined, after: KindObject | undefined): void {
    for (const [label, byValue] of this.#labels) {
      const [old, next] = [labelOf(before, label), labelOf(after, label)];
      if (old === next) continue;
      if (old !== undefined) leave(byValue, old, key);
      if (next !== undefined) enter(byValue, next, key);
    }
  }

  /**
   * The keys, in no order, of all objects that can meet the requirements, and perhaps of others. `undefined` when they name no
   * values, or so many objects that looking at all of them is no more work.
   */
  candidates(requirements: readonly LabelRequirement[]): string[] | undefined {
    let fewest: Set<string>[] | undefined;
    let count = this.#objects.size / 8;
    for (const { key, values } of requirements
      .filter(({ operator }) => operator === 'In')
      .slice(0, maxLabels)) {
      const byValue = this.#indexed(key);
      const sets = values.flatMap(value => byValue.get(value) ?? []);
      const size = sets.reduce((sum, set) => sum + set.size, 0);
      if (size > count) continue;
      fewest = sets;
      count = size;
    }
    return fewest?.flatMap(set => [...set]);
  }

  #indexed(label: string): ReadonlyMap<string, Set<string>> {
    let byValue = this.#labels.get(label);
    if (byValue) this.#labels.delete(label);
    else {
      byValue = new Map();
      for (const [key, object] of this.#objects) {
        const value = labelOf(object, label);
        if (value !== undefined) enter(byValue, value, key);
      }
      for (const [oldest] of this.#labels) {
        if (this.#labels.size < maxLabels) break;
        this.#labels.delete(oldest);
      }
    }
    this.#labels.set(label, byValue);
    return byValue;
  }
}

const labelOf = (object: KindObject | undefined, label: string): string | undefined => {
  const labels = object?.metadata.labels;
  return labels && Object.hasOwn(labels, label) ? labels[label] : undefined;
};

const enter = (byValue: Map<string, Set<string>>, value: string, key: string): void => {
  const keys = byValue.get(value);
  if (keys) keys.add(key);
  else byValue.set(value, new Set([key]));
};

const leave = (byValue: Map<string, Set<string>>, value: string, key: string): void => {
  const keys = byValue.get(value);
  keys?.delete(key);
  if (keys?.size === 0) byValue.delete(value);
};
