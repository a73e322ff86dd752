import { type Fields, fieldPathText, findUnknownFields, type KindDefinition } from '@causeway/model';

/** Paths of fields that the kind does not have: `spec.replcas`, `spec.variables[0].valeu`. Sorted. Storing leaves them out. */
export const unknownFields = (kind: KindDefinition, object: Fields): string[] =>
  findUnknownFields(kind, object)
    .map(({ path }) => fieldPathText(path))
    .sort();
