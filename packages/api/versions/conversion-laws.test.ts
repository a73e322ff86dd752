import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clonePlain, deepFreeze } from '@causeway/engine';
import {
  apiVersionOf,
  type Fields,
  fromStoredVersion,
  type KindDefinition,
  type KindObject,
  kinds,
  servedVersions,
  toStoredVersion,
  upgraded,
} from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { type Crate, CrateKind, crateIn } from '../testing/crate-kind.ts';
import { pathsOf } from '../testing/field-owners.ts';
import { type OpenWatch, openWatch, type WatchLine } from '../testing/open-watch.ts';
import { type Answer, createToken, startTestApi, type TestApi } from '../testing/test-api.ts';

const kind = CrateKind as unknown as KindDefinition;
const [v1, ...others] = servedVersions(kind) as [KindDefinition, ...KindDefinition[]];

const plain = <T>(
  fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> },
  requiredKeys: (keyof T)[] = [],
): fc.Arbitrary<T> => fc.record(fields, { noNullPrototype: true, requiredKeys }) as fc.Arbitrary<T>;
const few = fc.constantFrom('a', 'b', 'c');
const number = fc.integer({ min: 1, max: 4 });
const ports = fc.uniqueArray(plain<{ name: string; port: number }>({ name: few, port: number }, ['name']), {
  selector: ({ name }) => name,
  maxLength: 3,
});
/** Of what may be left out, something: whether an empty list is left out may depend on who speaks which version. */
const crateFields = {
  cpu: number,
  memory: number,
  colour: few,
  tags: fc.uniqueArray(few, { minLength: 1, maxLength: 2 }),
  notes: fc.dictionary(few, few, { noNullPrototype: true, minKeys: 1, maxKeys: 2 }),
  ports,
};
const crate = plain<Required<Crate>>(crateFields) as fc.Arbitrary<Crate>;
const wholeCrate = plain<Required<Crate>>(crateFields, ['ports']) as fc.Arbitrary<Crate>;

const metadata = {
  name: 'it',
  namespace: 'shop',
  uid: 'u',
  labels: { a: 'b' },
  resourceVersion: '7',
  generation: 3,
};
const stored = fc.tuple(wholeCrate, fc.option(plain<Fields>({ phase: few }), { nil: undefined })).map(
  ([content, status]) =>
    ({
      apiVersion: apiVersionOf(v1),
      kind: kind.kind,
      metadata,
      spec: v1.spec.parse(crateIn.v1?.(content)),
      ...(status ? { status } : {}),
    }) as unknown as KindObject,
);

test('there and back nothing is lost, and only fields of the version change [ENG13]', async () => {
  await holds(
    fc.property(stored, object => {
      deepFreeze(object);
      for (const version of others) {
        const as = version.versionOf;
        assert.ok(as);
        const there = deepFreeze(fromStoredVersion(as, object));
        assert.equal(there.apiVersion, apiVersionOf(version));
        assert.deepEqual(there.metadata, object.metadata);
        assert.deepEqual(there.spec, version.spec.parse(there.spec), 'it is one of this version');
        assert.deepEqual(toStoredVersion(as, there), object);
        assert.deepEqual(fromStoredVersion(as, toStoredVersion(as, there)), there);
        assert.deepEqual(upgraded(kind, there), object);
        assert.equal(upgraded(kind, object), object);
      }
    }),
    200,
  );
});

/** One write: of a crate, or some of it, by somebody who speaks a version; what one writes in v1alpha1 is said in no other. */
type Write = { in: 'v1' | 'v1beta1' | 'v1alpha1'; by: string } & (
  | { do: 'apply'; content: Crate; force: boolean }
  | { do: 'replace' | 'merge'; content: Crate }
  | { do: 'remove'; what: 'colour' | 'memory' | 'tags' | 'notes' }
  | { do: 'status'; phase: string }
);

const version = fc.constantFrom('v1' as const, 'v1beta1' as const);
const by = fc.constantFrom('one', 'two');
const is = <Name extends string>(name: Name) => fc.constant(name);
const oldest = fc.constant('v1alpha1' as const);
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 1,
    arbitrary: plain({ in: oldest, by: is('three'), do: is('apply'), content: crate, force: fc.boolean() }, [
      'in',
      'by',
      'do',
      'content',
      'force',
    ]),
  },
  {
    weight: 1,
    arbitrary: plain({ in: oldest, by: is('three'), do: is('replace'), content: wholeCrate }, [
      'in',
      'by',
      'do',
      'content',
    ]),
  },
  {
    weight: 4,
    arbitrary: plain({ in: version, by, do: is('apply'), content: crate, force: fc.boolean() }, [
      'in',
      'by',
      'do',
      'content',
      'force',
    ]),
  },
  {
    weight: 1,
    arbitrary: plain({ in: version, by, do: is('replace'), content: wholeCrate }, [
      'in',
      'by',
      'do',
      'content',
    ]),
  },
  {
    weight: 2,
    arbitrary: plain({ in: version, by, do: is('merge'), content: crate }, ['in', 'by', 'do', 'content']),
  },
  {
    weight: 1,
    arbitrary: plain(
      { in: version, by, do: is('remove'), what: fc.constantFrom('colour', 'memory', 'tags', 'notes') },
      ['in', 'by', 'do', 'what'],
    ),
  },
  {
    weight: 1,
    arbitrary: plain({ in: version, by, do: is('status'), phase: few }, ['in', 'by', 'do', 'phase']),
  },
) as fc.Arbitrary<Write>;

/** Where a version has what another calls otherwise. */
const pointers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: { colour: '/spec/colour', memory: '/spec/size/memory', tags: '/spec/tags', notes: '/spec/notes' },
  v1beta1: { colour: '/spec/tint', memory: '/spec/memory', tags: '/spec/tags', notes: '/spec/notes' },
};

/** A field of either version by the name in v1; containers, of which one version has more, aside. */
const commonName = (path: string): string[] => {
  const name = path
    .replace('f:endpoints', 'f:ports')
    .replace('f:tint', 'f:colour')
    .replace('k:{"id"', 'k:{"name"')
    .replace('f:id', 'f:name')
    .replace('f:number', 'f:port')
    .replace('f:state', 'f:phase')
    .replace('f:size\0', '');
  return ['f:spec', 'f:spec\0f:size', 'f:spec\0f:ports', 'f:status'].includes(name) ? [] : [name];
};

/** Who manages what, by manager and operation. */
const managersOf = (object: KindObject): [string, string[]][] => {
  const found = new Map<string, Set<string>>();
  for (const { manager, operation, apiVersion, fieldsV1 } of object.metadata.managedFields ?? []) {
    const isOldest = apiVersion.endsWith('v1alpha1');
    const id = `${manager} ${operation}${isOldest ? ' v1alpha1' : ''}`;
    const paths = [...pathsOf(fieldsV1)];
    const all = [...(found.get(id) ?? []), ...(isOldest ? paths : paths.flatMap(commonName))];
    found.set(id, new Set(all));
  }
  return [...found].map(([id, paths]): [string, string[]] => [id, [...paths].sort()]).sort();
};

describe('several versions of a kind over HTTP', () => {
  let api: TestApi;
  let token: string;
  let watches: readonly OpenWatch[];
  let round = 0;
  const at = (of: string, name = '') =>
    `/apis/causeway.dev/${of}/namespaces/shop/crates${name ? `/${name}` : ''}`;
  before(async () => {
    api = await startTestApi({ kinds: [...kinds, kind] });
    token = await createToken(api.store, 'system:server');
    watches = await Promise.all(
      ['v1', 'v1beta1', 'v1alpha1'].map(of => openWatch(api, token, `${at(of)}?watch=true`)),
    );
  });
  after(async () => {
    for (const watch of watches) watch.close();
    await api.close();
  });

  const get = async (of: string, name: string): Promise<KindObject> =>
    (await api.ask(token, 'GET', at(of, name))).body;
  const patch = (of: string, name: string, type: string, body: unknown, query: string) =>
    api.ask(token, 'PATCH', `${at(of, name)}?${query}`, body, { 'content-type': `application/${type}` });

  const send = async (one: Write, name: string): Promise<Answer> => {
    const query = `fieldManager=${one.by}`;
    const identity = { apiVersion: `causeway.dev/${one.in}`, kind: 'Crate', metadata: { name } };
    const spec = 'content' in one ? crateIn[one.in]?.(one.content) : undefined;
    switch (one.do) {
      case 'apply':
        return patch(one.in, name, 'apply-patch+yaml', { ...identity, spec }, `${query}&force=${one.force}`);
      case 'merge':
        return patch(one.in, name, 'merge-patch+json', { spec }, query);
      case 'remove': {
        const operations = [{ op: 'remove', path: pointers[one.in]?.[one.what] }];
        return patch(one.in, name, 'json-patch+json', operations, query);
      }
      case 'status': {
        const status = one.in === 'v1' ? { phase: one.phase } : { state: one.phase };
        return patch(one.in, `${name}/status`, 'merge-patch+json', { status }, query);
      }
      default: {
        const { resourceVersion } = (await get(one.in, name)).metadata;
        const body = { ...identity, metadata: { name, resourceVersion }, spec };
        return api.ask(
          token,
          resourceVersion ? 'PUT' : 'POST',
          `${at(one.in, resourceVersion && name)}?${query}`,
          body,
        );
      }
    }
  };

  test('it makes no difference in which version somebody writes, reads or lists [ENG13] [APP2]', async () => {
    let done = 0;
    await holds(
      fc.asyncProperty(fc.array(write, { minLength: 2, maxLength: 6 }), async writes => {
        const [mixed, alike] = [`mixed${round}`, `alike${round++}`];
        for (const one of writes) {
          const [given, expected] = [
            await send(one, mixed),
            await send(one.in === 'v1beta1' ? { ...one, in: 'v1' } : one, alike),
          ];
          const both = JSON.stringify([given.body, expected.body]);
          // What is wrong in two ways may be refused for either.
          assert.equal(given.status >= 400, expected.status >= 400, both);
          assert.ok(given.status < 500, both);
          if (given.status === 409 && expected.status === 409)
            assert.equal(given.body.details.causes.length, expected.body.details.causes.length, both);
          if (given.status >= 400) continue;
          assert.equal(given.status, expected.status);
          done += 1;
          assert.equal(given.body.apiVersion, `causeway.dev/${one.in}`);
          const [now, same] = [await get('v1', mixed), await get('v1', alike)];
          assert.deepEqual([now.spec, now.status], [same.spec, same.status]);
          assert.deepEqual(managersOf(now), managersOf(same));
          assert.deepEqual(given.body, await get(one.in, mixed), 'what is answered is what is read');
        }
        const now = await get('v1', mixed);
        if (!now.spec) return;
        for (const { version: of, versionOf: as } of others) {
          assert.ok(as);
          assert.deepEqual(await get(of, mixed), fromStoredVersion(as, now));
        }
      }),
      60,
    );
    assert.ok(done > 100, `${done} were written`);
    const lists = await Promise.all(
      ['v1', 'v1beta1', 'v1alpha1'].map(async of => (await api.ask(token, 'GET', at(of))).body),
    );
    const [list, ...older] = lists;
    for (const [index, { items, metadata: of }] of older.entries()) {
      const as = others[index]?.versionOf;
      assert.ok(as);
      assert.deepEqual(of, list.metadata);
      assert.deepEqual(
        items,
        list.items.map((item: KindObject) => clonePlain(fromStoredVersion(as, item))),
      );
    }
  });

  test('watches of all versions tell the same, each in its own [ENG4] [ENG13]', async () => {
    const last = await send({ in: 'v1', by: 'one', do: 'replace', content: { ports: [] } }, 'last');
    assert.equal(last.status, 201, JSON.stringify(last.body));
    const told = await Promise.all(
      watches.map(async watch => {
        const lines: WatchLine[] = [];
        for (let line = await watch.next(); line; line = await watch.next()) {
          lines.push(line);
          if (line.object.metadata.name === 'last') break;
        }
        return lines;
      }),
    );
    const [events, ...older] = told;
    assert.ok(events && events.length > 100, `${events?.length} events`);
    for (const [index, lines] of older.entries()) {
      const as = others[index]?.versionOf;
      assert.ok(as);
      const expected: WatchLine[] = events.map(({ type, object }) => ({
        type,
        object: clonePlain(fromStoredVersion(as, object)),
      }));
      assert.deepEqual(lines, expected);
    }
  });
});
