import type { KindObject } from '@causeway/model';

/** An object whose kind is not known where it is looked at. */
export const plainObject = (object: unknown): KindObject => object as KindObject;
