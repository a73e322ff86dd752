import type { KindObject } from '@causeway/model';

const texts = new WeakMap<object, string>();

/** The JSON of an object. Those of the store are frozen and shared, so each is written out once, however many ask. */
export const objectJson = (object: KindObject): string => {
  let text = texts.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    if (Object.isFrozen(object)) texts.set(object, text);
  }
  return text;
};
