import { isFields, parseOutsideJson } from '@causeway/model';

/** JSON as Kubernetes writes it inside names of elements: what HTML would take for markup is escaped. */
const jsonOf = (value: unknown): string => {
  const text = JSON.stringify(value);
  if (!/[<>&\u2028\u2029]/.test(text)) return text;
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
};

/** Names that are remembered: so many, of so many characters. People may call labels anything. */
const maxRemembered = 4096;
const longestRemembered = 64;
const fieldElements = new Map<string, string>();

/** Names a field. Those of most objects are the same: a string that is used again needs no second hash. */
export const fieldElement = (name: string): string => {
  const known = fieldElements.get(name);
  if (known !== undefined) return known;
  const element = `f:${name}`;
  if (name.length > longestRemembered) return element;
  if (fieldElements.size >= maxRemembered) fieldElements.clear();
  fieldElements.set(name, element);
  return element;
};

/** Names an item of a set. */
export const valueElement = (value: unknown): string => `v:${jsonOf(value)}`;

/** Names an item of a keyed list; `keys` must be sorted. */
export const keyElement = (keys: Readonly<Record<string, unknown>>): string => `k:${jsonOf(keys)}`;

const parsed = (text: string): unknown => {
  try {
    return parseOutsideJson(text);
  } catch {
    return undefined;
  }
};

/** An element as whoever sent it may have written it: keys sorted, JSON the one way. `undefined` when it is none. */
export const normalElement = (element: string): string | undefined => {
  if (element.startsWith('f:')) return element;
  const content = parsed(element.slice(2));
  if (element.startsWith('v:')) return content === undefined ? undefined : valueElement(content);
  if (element.startsWith('i:')) return Number.isSafeInteger(content) ? element : undefined;
  if (!element.startsWith('k:') || !isFields(content)) return undefined;
  return keyElement(Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1))));
};

/** An element for people: `.replicas`, `[name="web"]`, `[="blue"]`. */
export const shownElement = (element: string): string => {
  const content = element.slice(2);
  if (element.startsWith('f:')) return `.${content}`;
  if (element.startsWith('v:')) return `[=${JSON.stringify(parsed(content))}]`;
  if (element.startsWith('i:')) return `[${content}]`;
  const keys = Object.entries((parsed(content) ?? {}) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
};

export const shownPath = (path: readonly string[]): string => path.map(shownElement).join('');
