import { type KindDefinition, type KindObject, upgraded } from '@causeway/model';
import { filledIn } from './filled-in.ts';
import { deepFreeze } from './plain.ts';
import { sharedFields } from './shared-fields.ts';

/**
 * An object from its stored text, frozen, in the version that is stored today. Sets of managed fields, the same in most objects of a kind, are shared.
 */
export const storedObject = (data: string, kind: KindDefinition | undefined): KindObject => {
  const given: KindObject = JSON.parse(data);
  const object = kind ? filledIn(kind, upgraded(kind, given)) : given;
  const { managedFields } = object.metadata;
  if (managedFields)
    object.metadata.managedFields = managedFields.map(entry => ({
      ...entry,
      fieldsV1: sharedFields(entry.fieldsV1),
    }));
  return deepFreeze(object);
};
