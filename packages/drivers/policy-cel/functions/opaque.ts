import { type CelMap, type CelValue, celMap } from '@bufbuild/cel';

/** Values that the library has no type for. To it they are maps of one text, by which they are equal; here they keep what they are. */
export const opaque = <T>(name: string) => {
  const values = new WeakMap<object, T>();
  return {
    make(value: T, text: string): CelMap {
      const made = celMap(new Map([[name, text]]));
      values.set(made, value);
      return made;
    },
    /** Throws when it is another value. */
    open(value: CelValue): T {
      const found = typeof value === 'object' && value !== null ? values.get(value) : undefined;
      if (found === undefined) throw new Error(`this is no ${name}`);
      return found;
    },
  };
};
