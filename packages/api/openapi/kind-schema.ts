import { type FieldSchema, fieldsOf, type KindDefinition, requiredFieldsOf } from '@causeway/model';

/** Schemas are named with the group reversed, as Kubernetes does: `dev.causeway.v1.Service`. */
export const schemaName = ({
  group,
  version,
  kind,
}: Pick<KindDefinition, 'group' | 'version' | 'kind'>): string =>
  `${group === '' ? 'io.k8s.api.core' : group.split('.').toReversed().join('.')}.${version}.${kind}`;

export const metaSchemaName = (kind: string): string => `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
export const reference = (name: string): FieldSchema => ({ $ref: `#/components/schemas/${name}` });

/** `allOf` is how OpenAPI 3.0 lets a reference have a description of its own. */
const described = (name: string, description: string): FieldSchema => ({
  allOf: [reference(name)],
  default: {},
  description,
});

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** `kubectl explain` shows descriptions and no defaults: so descriptions say them. */
const withDefaultsSaid = (schema: FieldSchema): FieldSchema => {
  const said = { ...schema };
  if (isScalar(schema.default))
    said.description = [schema.description, `Default: ${schema.default}.`].filter(Boolean).join(' ');
  if (schema.properties)
    said.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, withDefaultsSaid(inner)]),
    );
  if (schema.items) said.items = withDefaultsSaid(schema.items);
  return said;
};

const parts: Readonly<Record<string, string>> = {
  spec: 'What is wanted. People write it.',
  status: 'What is. The platform writes it.',
};

/** A kind as an OpenAPI 3.0 schema, for `kubectl explain`, editors and generators. */
export const kindSchema = (kind: KindDefinition): FieldSchema => ({
  type: 'object',
  description: kind.description,
  properties: {
    apiVersion: { type: 'string', description: 'The version of the schema that this object follows.' },
    kind: { type: 'string', description: 'The kind of this object.' },
    metadata: described(
      metaSchemaName('ObjectMeta'),
      'Name, namespace, labels and what else every object has.',
    ),
    ...Object.fromEntries(
      Object.entries(fieldsOf(kind)).map(([name, field]) => {
        const said = withDefaultsSaid(field);
        return [name, said.description || kind.body ? said : { ...said, description: parts[name] ?? '' }];
      }),
    ),
  },
  ...(requiredFieldsOf(kind).length > 0 ? { required: [...requiredFieldsOf(kind)] } : {}),
  'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: kind.kind }],
});

export const listSchema = (kind: KindDefinition): FieldSchema => ({
  type: 'object',
  description: `A list of ${kind.plural}.`,
  required: ['items'],
  properties: {
    apiVersion: { type: 'string', description: 'The version of the schema that this list follows.' },
    kind: { type: 'string', description: 'The kind of this list.' },
    metadata: described(
      metaSchemaName('ListMeta'),
      'The version at which the list was true, and how to get the rest.',
    ),
    items: { type: 'array', description: `The ${kind.plural}.`, items: reference(schemaName(kind)) },
  },
  'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: `${kind.kind}List` }],
});
