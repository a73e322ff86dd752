import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind, type FieldSchema, kinds, ServiceKind } from '@causeway/model';
import { z } from 'zod';
import { createDiscovery } from '../discovery/discovery.ts';
import { createResources } from '../krm/resources.ts';
import { unknownFields } from '../krm/unknown-fields.ts';
import { createOpenApi } from './openapi.ts';

const action = { kind: ServiceKind, name: 'rollback', role: 'developer', handle: async () => ({}) } as const;
const stream = {
  kind: ServiceKind,
  name: 'log',
  role: 'viewer',
  async *handle() {},
} as const;
const resources = createResources(kinds, [action], [stream]);
const openApi = createOpenApi(resources, '0.1.0');
const document = JSON.parse(openApi.version('apis/causeway.dev/v1') ?? '');
const schemaOf = (kind: string): FieldSchema => document.components.schemas[`dev.causeway.v1.${kind}`];

const everyNode = (node: unknown, visit: (node: Record<string, unknown>) => void): void => {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node as Record<string, unknown>);
  for (const inner of Object.values(node)) everyNode(inner, visit);
};

test('the document is OpenAPI 3.0: what kubectl cannot read does not occur', () => {
  assert.equal(document.openapi, '3.0.0');
  everyNode(document.components.schemas, node => {
    assert.ok(!Array.isArray(node.type), `type ${JSON.stringify(node.type)}`);
    assert.notEqual(typeof node.exclusiveMinimum, 'number');
    for (const keyword of ['listType', 'listMapKeys', 'propertyNames', '$schema', 'const'])
      assert.ok(!(keyword in node) || 'properties' in node, keyword);
  });
  const references: string[] = [];
  everyNode(document, node => typeof node.$ref === 'string' && references.push(node.$ref));
  for (const reference of references)
    assert.ok(document.components.schemas[reference.slice('#/components/schemas/'.length)], reference);
});

test('each kind carries its group, version and kind, and its writes the parameters that kubectl looks for', () => {
  for (const kind of kinds.filter(one => one.group === 'causeway.dev')) {
    const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
    assert.deepEqual(schemaOf(kind.kind)['x-kubernetes-group-version-kind'], [gvk]);
    const patches = Object.values(
      document.paths as Record<
        string,
        Record<string, { parameters?: { name: string }[]; requestBody?: { content: object } }>
      >,
    )
      .map(path => path.patch)
      .filter(
        one =>
          JSON.stringify(
            (one as Record<string, unknown> | undefined)?.['x-kubernetes-group-version-kind'],
          ) === JSON.stringify(gvk),
      );
    assert.ok(patches.length > 0, kind.kind);
    for (const patch of patches) {
      assert.deepEqual(
        patch?.parameters?.map(one => one.name),
        ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
      );
      assert.deepEqual(Object.keys(patch?.requestBody?.content ?? {}), [
        'application/json-patch+json',
        'application/merge-patch+json',
        'application/apply-patch+yaml',
      ]);
    }
  }
  assert.ok(document.paths['/apis/causeway.dev/v1/namespaces/{namespace}/services/{name}/rollback'].post);
  assert.ok(document.paths['/apis/causeway.dev/v1/namespaces/{namespace}/services/{name}/log'].get);
  const operations: string[] = [];
  everyNode(
    document.paths,
    node => typeof node.operationId === 'string' && operations.push(node.operationId),
  );
  assert.equal(new Set(operations).size, operations.length, 'operation ids are unique');
});

test('keyed lists are marked, and every field that people write says what it is', () => {
  const spec = schemaOf('Service').properties?.spec;
  assert.equal(spec?.properties?.processes?.['x-kubernetes-list-type'], 'map');
  assert.deepEqual(spec?.properties?.processes?.['x-kubernetes-list-map-keys'], ['name']);
  const undescribed: string[] = [];
  const walk = (schema: FieldSchema | undefined, path: string): void => {
    for (const [name, inner] of Object.entries(schema?.properties ?? {})) {
      if (!inner.description && !inner.allOf) undescribed.push(`${path}.${name}`);
      walk(inner, `${path}.${name}`);
    }
    if (schema?.items) walk(schema.items, `${path}[]`);
  };
  for (const kind of ['Service', 'Team']) walk(schemaOf(kind), kind.toLowerCase());
  assert.deepEqual(undescribed, []);
  assert.match(spec?.properties?.build?.properties?.timeout?.description ?? '', /Default: 15m\.$/);
});

test('the index names each document by its hash', () => {
  const { paths } = JSON.parse(openApi.index());
  assert.deepEqual(Object.keys(paths), ['api/v1', 'apis/causeway.dev/v1', 'apis/wgpolicyk8s.io/v1alpha2']);
  assert.match(paths['api/v1'].serverRelativeURL, /^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{32}$/);
  assert.equal(openApi.version('apis/elsewhere/v1'), undefined);
  assert.equal(JSON.parse(openApi.v2).swagger, '2.0');
});

test('discovery tells the same in its old and its new form', () => {
  const discovery = createDiscovery(resources);
  const list = discovery.version('causeway.dev', 'v1') as {
    resources: { name: string; kind: string; verbs: string[]; shortNames?: string[] }[];
  };
  const names = list.resources.map(one => one.name);
  for (const name of ['services', 'services/status', 'services/rollback', 'services/log', 'teams'])
    assert.ok(names.includes(name), name);
  assert.deepEqual(list.resources.find(one => one.name === 'services')?.shortNames, ['svc']);
  const { items } = discovery.aggregated('groups') as {
    items: {
      metadata: { name: string };
      versions: { resources: { resource: string; subresources?: { subresource: string }[] }[] }[];
    }[];
  };
  const group = items.find(item => item.metadata.name === 'causeway.dev');
  const aggregated = group?.versions[0]?.resources.flatMap(one => [
    one.resource,
    ...(one.subresources ?? []).map(({ subresource }) => `${one.resource}/${subresource}`),
  ]);
  assert.deepEqual(aggregated, names);
  assert.deepEqual(discovery.core, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
  const core = discovery.version('', 'v1') as typeof list;
  assert.deepEqual(
    core.resources.map(one => one.name),
    ['namespaces', 'namespaces/status', 'events'],
  );
  assert.ok(discovery.group('authorization.k8s.io'));
  assert.equal(discovery.group('elsewhere'), undefined);
});

test('unknown fields are found in objects, lists, maps and unions', () => {
  const kind = defineKind({
    kind: 'Example',
    plural: 'examples',
    description: '',
    spec: z.object({
      map: z.record(z.string(), z.object({ a: z.int() })),
      list: z.array(z.object({ a: z.int() })),
      union: z.union([z.object({ a: z.int() }), z.object({ b: z.int(), c: z.int() })]),
      anything: z.unknown(),
    }),
    status: z.object({}),
  });
  const spec = {
    map: { any: { a: 1 }, other: { b: 1 } },
    list: [{ a: 1 }, { a: 1, constructor: 1 }] as unknown[],
    union: { b: 1, c: 1, d: 1 },
    anything: { goes: true },
    hasOwnProperty: 1,
  };
  assert.deepEqual(
    unknownFields(kind, { apiVersion: 'x', kind: 'y', metadata: { name: 'a', nmae: 'b' }, spec, extra: 1 }),
    [
      'extra',
      'metadata.nmae',
      'spec.hasOwnProperty',
      'spec.list[1].constructor',
      'spec.map.other.b',
      'spec.union.d',
    ],
  );
});
