import { z } from 'zod';
import type { KindDefinition } from './define-kind.ts';

/** JSON Schema in OpenAPI 3.0's dialect, as far as kinds use it. */
export interface FieldSchema {
  type?: string;
  description?: string;
  format?: string;
  default?: unknown;
  properties?: Record<string, FieldSchema>;
  required?: string[];
  additionalProperties?: FieldSchema | boolean;
  items?: FieldSchema;
  anyOf?: FieldSchema[];
  oneOf?: FieldSchema[];
  allOf?: FieldSchema[];
  $ref?: string;
  [keyword: string]: unknown;
}

/** Bounds that only say "a whole number that JavaScript can hold". */
const isSafeBound = (value: unknown): boolean =>
  value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;

/**
 * A zod schema as OpenAPI 3.0: what a client may send, so fields with a default are optional. Which lists are keyed maps
 * comes from zod's metadata (`listType`, `listMapKeys`).
 */
const fieldSchema = (schema: z.ZodType): FieldSchema =>
  z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const node = jsonSchema as FieldSchema;
      if (node.type === 'integer') {
        node.format = 'int64';
        if (isSafeBound(node.minimum)) delete node.minimum;
        if (isSafeBound(node.maximum)) delete node.maximum;
      }
      // A format says it; the pattern behind it is a wall of characters in `kubectl explain` and editors.
      if (node.format === 'date-time') delete node.pattern;
      if (node.listType !== undefined) node['x-kubernetes-list-type'] = node.listType;
      if (node.listMapKeys !== undefined) node['x-kubernetes-list-map-keys'] = node.listMapKeys;
      delete node.listType;
      delete node.listMapKeys;
    },
  }) as FieldSchema;

const known = new WeakMap<KindDefinition, Record<string, FieldSchema>>();

/** The fields of a kind beside apiVersion, kind and metadata: spec and status, or what its `body` says. */
export const fieldsOf = (kind: KindDefinition): Record<string, FieldSchema> => {
  let fields = known.get(kind);
  if (!fields) {
    fields = kind.body
      ? (fieldSchema(kind.body).properties ?? {})
      : { spec: fieldSchema(kind.spec), status: fieldSchema(kind.status) };
    known.set(kind, fields);
  }
  return fields;
};

/** Which of them a client must send. */
export const requiredFieldsOf = (kind: KindDefinition): readonly string[] => {
  if (kind.body) return fieldSchema(kind.body).required ?? [];
  return fieldsOf(kind).spec?.required?.length ? ['spec'] : [];
};
