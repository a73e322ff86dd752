import type { KindObject } from '@causeway/model';
import { deepFreeze } from './plain.ts';
import { sharedFields } from './shared-fields.ts';

/** An object from its stored text, frozen. Sets of managed fields, the same in most objects of a kind, are shared. */
export const storedObject = (data: string): KindObject => {
  const object: KindObject = JSON.parse(data);
  const { managedFields } = object.metadata;
  if (managedFields)
    object.metadata.managedFields = managedFields.map(entry => ({
      ...entry,
      fieldsV1: sharedFields(entry.fieldsV1),
    }));
  return deepFreeze(object);
};
