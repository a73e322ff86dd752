import { hash } from 'node:crypto';
import type { Resource, Resources } from '../krm/resources.ts';
import { ScaleKind } from '../krm/scale-kind.ts';
import { kindSchema, listSchema, metaSchemaName, schemaName } from './kind-schema.ts';
import { listMetaSchema, objectMetaSchema } from './object-meta-schema.ts';
import { pathsOf } from './paths.ts';

interface Document {
  readonly text: string;
  readonly hash: string;
}

/** OpenAPI for kubectl and generators, one document for each group and version, made when first asked for. */
export interface OpenApi {
  /** GET /openapi/v3 */
  index(): string;
  /** GET /openapi/v3/PATH, such as `apis/causeway.dev/v1`. */
  version(path: string): string | undefined;
  /** GET /openapi/v2: a valid document that says nothing; kubectl takes everything from v3. */
  readonly v2: string;
}

const status = {
  type: 'object',
  description: 'What became of a request.',
  properties: {
    status: { type: 'string', description: 'Success or Failure.' },
    message: { type: 'string', description: 'For people.' },
    reason: { type: 'string', description: 'For programs.' },
    code: { type: 'integer', format: 'int32', description: 'The HTTP status.' },
    details: { type: 'object', description: 'Which object, which fields, the evidence and what to do next.' },
  },
};

const documentOf = (resources: readonly Resource[], version: string): string =>
  JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Causeway', version },
    paths: Object.assign({}, ...resources.map(pathsOf)),
    components: {
      schemas: {
        [metaSchemaName('ObjectMeta')]: objectMetaSchema,
        [metaSchemaName('ListMeta')]: listMetaSchema,
        [metaSchemaName('Status')]: status,
        [metaSchemaName('Patch')]: {
          type: 'object',
          description: 'A JSON merge patch (RFC 7386) or a JSON patch (RFC 6902).',
        },
        ...(resources.some(({ kind }) => kind.scale)
          ? { [schemaName(ScaleKind)]: kindSchema(ScaleKind) }
          : {}),
        ...Object.fromEntries(
          resources.flatMap(({ kind }) => [
            [schemaName(kind), kindSchema(kind)],
            [schemaName({ ...kind, kind: `${kind.kind}List` }), listSchema(kind)],
          ]),
        ),
      },
      securitySchemes: { BearerToken: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ BearerToken: [] }],
  });

/** `causeway.dev/v1` → `apis/causeway.dev/v1`, `v1` → `api/v1`. */
const pathOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;

export const createOpenApi = (resources: Resources, version: string): OpenApi => {
  const documents = new Map<string, Document>();
  const sources = new Map([...resources.versions].map(([apiVersion, all]) => [pathOf(apiVersion), all]));
  const document = (path: string): Document | undefined => {
    const source = sources.get(path);
    if (!source) return undefined;
    let made = documents.get(path);
    if (!made) {
      const text = documentOf(source, version);
      made = { text, hash: hash('sha256', text, 'hex').slice(0, 32).toUpperCase() };
      documents.set(path, made);
    }
    return made;
  };
  return {
    index: () =>
      JSON.stringify({
        paths: Object.fromEntries(
          [...sources.keys()].map(path => [
            path,
            { serverRelativeURL: `/openapi/v3/${path}?hash=${document(path)?.hash}` },
          ]),
        ),
      }),
    version: path => document(path)?.text,
    v2: JSON.stringify({ swagger: '2.0', info: { title: 'Causeway', version }, paths: {}, definitions: {} }),
  };
};
