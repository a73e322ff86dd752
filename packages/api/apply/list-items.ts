import { isFields } from '@causeway/model';
import type { ListType } from './field-type.ts';
import { keyElement, valueElement } from './path-element.ts';

/** Why an item cannot be told apart from others. */
export class NoElement extends Error {}

const keyedElement = ({ keys, defaults }: ListType, item: unknown): string => {
  if (item === null) throw new NoElement('associative list with keys may not have a null element');
  if (!isFields(item)) throw new NoElement('associative list with keys may not have non-map elements');
  const found: Record<string, unknown> = {};
  let some = false;
  for (const key of keys) {
    const value = item[key] ?? defaults[key];
    if (value === undefined) continue;
    found[key] = value;
    some = true;
  }
  if (!some)
    throw new NoElement(
      `associative list with keys has an element that omits all key fields [${keys.map(key => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  return keyElement(found);
};

const setElement = (item: unknown): string => {
  if (item === null)
    throw new NoElement("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) throw new NoElement('not supported: associative list with lists as elements');
  if (typeof item === 'object')
    throw new NoElement("associative list without keys has an element that's a map type");
  return valueElement(item);
};

/** How an item of a set or a keyed list is named. Throws `NoElement`. */
export const elementOf = (list: ListType, item: unknown): string =>
  list.relation === 'map' ? keyedElement(list, item) : setElement(item);

/** As `elementOf`; `undefined` of what cannot be told apart. */
export const nameOf = (list: ListType, item: unknown): string | undefined => {
  try {
    return elementOf(list, item);
  } catch (error) {
    if (error instanceof NoElement) return undefined;
    throw error;
  }
};

/** The items of a list by their names, in order; what cannot be named is left out. */
export const itemsByElement = (list: ListType, items: unknown): Map<string, unknown[]> => {
  const found = new Map<string, unknown[]>();
  if (!Array.isArray(items)) return found;
  for (const item of items) {
    const element = nameOf(list, item);
    if (element === undefined) continue;
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
};
