/** A JSON object whose fields come from outside: any name is possible, `__proto__` and `constructor` included. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets a field as plain data, whatever its name: assignment to `__proto__` would change the prototype instead. */
export const setField = (object: Fields, name: string, value: unknown): void => {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
};
