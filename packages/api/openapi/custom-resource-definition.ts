import {
  type Column,
  type FieldSchema,
  fieldsOf,
  type KindDefinition,
  kindId,
  requiredFieldsOf,
} from '@causeway/model';

/** What CustomResourceDefinitions have no place for, or know under another name. */
const isForeign = (keyword: string): boolean =>
  ['$schema', 'const', 'propertyNames', 'id', 'scale'].includes(keyword);

/** Go's regular expressions know no look-around: such patterns are left to our own checks. */
const isGoPattern = (pattern: unknown): boolean => typeof pattern === 'string' && !/\(\?<?[=!]/.test(pattern);

/** A field as a structural schema: every node has a type, and alternatives only add conditions. */
const structural = (schema: FieldSchema): FieldSchema => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives && !schema.type) {
    const { anyOf: _any, oneOf: _one, ...rest } = schema;
    const types = new Set(alternatives.map(one => one.type));
    if (types.size === 2 && types.has('integer') && types.has('string'))
      return { ...structural(rest), 'x-kubernetes-int-or-string': true };
    if (types.size === 1) return structural({ ...rest, type: [...types][0] as string });
    return { ...structural(rest), 'x-kubernetes-preserve-unknown-fields': true };
  }
  const result: FieldSchema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (isForeign(keyword)) continue;
    if (keyword === 'pattern' && !isGoPattern(value)) continue;
    if (keyword === 'additionalProperties' && (schema.properties || value === false)) continue;
    result[keyword] = value;
  }
  if (schema.const !== undefined) result.enum = [schema.const];
  if (schema.properties)
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, structural(inner)]),
    );
  if (schema.items) result.items = structural(schema.items);
  if (typeof result.additionalProperties === 'object')
    result.additionalProperties = structural(result.additionalProperties);
  else if (result.additionalProperties === true) {
    delete result.additionalProperties;
    result['x-kubernetes-preserve-unknown-fields'] = true;
  }
  if (!result.type && !schema.properties && Object.keys(result).every(keyword => keyword === 'description'))
    result['x-kubernetes-preserve-unknown-fields'] = true;
  return result;
};

/** `.status.conditions[Ready].status` in the JSON paths of printer columns. */
const jsonPath = (path: string): string =>
  path.replaceAll(/\[([^\]]+)\]/g, (_, type: string) => `[?(@.type=="${type}")]`);

const printerColumn = ({ name, path, type, priority, description }: Column) => ({
  name,
  type,
  jsonPath: jsonPath(path),
  ...(priority ? { priority } : {}),
  ...(description ? { description } : {}),
});

/** A kind as a CustomResourceDefinition (apiextensions.k8s.io/v1), for serving the same resources from Kubernetes. */
export const customResourceDefinition = (kind: KindDefinition) => {
  const fields = Object.fromEntries(
    Object.entries(fieldsOf(kind)).map(([name, field]) => [name, structural(field)]),
  );
  // A spec that needs nothing may be left out, and then has its defaults.
  if (fields.spec && !fields.spec.required?.length) fields.spec.default = {};
  if (kind.immutable && fields.spec)
    fields.spec['x-kubernetes-validations'] = [
      { rule: 'self == oldSelf', message: `${kind.kind} never changes after creation` },
    ];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: kindId(kind) },
    spec: {
      group: kind.group,
      scope: kind.scope,
      names: {
        plural: kind.plural,
        singular: kind.singular,
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: kind.description,
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                ...fields,
              },
              ...(requiredFieldsOf(kind).length > 0 ? { required: [...requiredFieldsOf(kind)] } : {}),
            },
          },
          ...(kind.body
            ? {}
            : { subresources: { status: {}, ...(kind.scale ? { scale: kind.scale } : {}) } }),
          additionalPrinterColumns: kind.columns.map(printerColumn),
          selectableFields: kind.selectableFields.map(field => ({ jsonPath: `.${field}` })),
        },
      ],
    },
  };
};
