import { type FieldSet, fieldsOf, type KindDefinition } from '@causeway/model';
import { objectMetaSchema } from '../openapi/object-meta-schema.ts';
import { leaf, noFields } from './field-set.ts';
import { type FieldType, fieldType } from './field-type.ts';

/** Managers are worked out beside the object and are no part of it. */
const { managedFields: _managers, ...metadataFields } = objectMetaSchema.properties ?? {};
const metadata = fieldType({ ...objectMetaSchema, properties: metadataFields });
const text: FieldType = { scalar: 'string' };
const types = new WeakMap<KindDefinition, FieldType>();

/** How objects of a kind are merged. */
export const objectType = (kind: KindDefinition): FieldType => {
  let type = types.get(kind);
  if (!type) {
    const own = Object.entries(fieldsOf(kind)).map(([name, schema]) => [name, fieldType(schema)] as const);
    type = {
      map: {
        fields: new Map([['apiVersion', text], ['kind', text], ['metadata', metadata], ...own]),
        rest: undefined,
        atomic: false,
      },
    };
    types.set(kind, type);
  }
  return type;
};

const specOnly: FieldSet = { 'f:spec': leaf };
const statusOnly: FieldSet = { 'f:status': leaf };

/** What a write at this address leaves as it is, whatever is sent: nobody comes to own it this way. */
export const untouched = (kind: KindDefinition, subresource: string): FieldSet => {
  if (kind.body) return noFields;
  return subresource === 'status' ? specOnly : statusOnly;
};
