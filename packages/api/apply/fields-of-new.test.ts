import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiVersionOf, EventKind, type Fields, type KindDefinition, type KindObject } from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { ShelfKind } from '../testing/shelf-kind.ts';
import { managedFieldsAfterUpdate, updateManagers } from './field-manager.ts';
import { entriesOf } from './managers.ts';

const text = fc.constantFrom('', 'a', 'b', 'web', 'a\0b', '"<&>', 'constructor');
const texts = fc.dictionary(text, text, { maxKeys: 3 });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const spec = fc.record(
  {
    title: fc.option(text),
    size: fc.integer(),
    door: fc.record({ width: fc.integer(), lock: some(fc.record({ keys: some(fc.integer()) })) }),
    notes: fc.array(text, { maxLength: 2 }),
    tags: fc.array(text, { maxLength: 4 }),
    rows: fc.array(fc.record({ name: some(text), tags: some(fc.array(text, { maxLength: 3 })) }), {
      maxLength: 3,
    }),
    marks: texts,
    parts: fc.dictionary(text, fc.record({ from: some(text), count: fc.integer() }), { maxKeys: 3 }),
    open: fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }),
    unknown: text,
  },
  { requiredKeys: [] },
);
const metadata = fc.record(
  {
    name: text,
    namespace: text,
    uid: text,
    generateName: text,
    generation: fc.integer(),
    labels: texts,
    annotations: texts,
    finalizers: fc.array(text, { maxLength: 3 }),
    ownerReferences: fc.array(fc.record({ uid: text, name: text }), { maxLength: 2 }),
  },
  { requiredKeys: ['name'] },
);

const asJson = (value: unknown = null): unknown => JSON.parse(JSON.stringify(value));

const sameAsAnUpdateOfNothing = (kind: KindDefinition, fields: Fields): void => {
  const operation = { kind, manager: 'someone', subresource: '', now: '2026-01-01T00:00:00Z' };
  const nothing = { apiVersion: apiVersionOf(kind), kind: kind.kind } as KindObject;
  const object = { ...nothing, ...fields } as KindObject;
  assert.deepEqual(
    asJson(managedFieldsAfterUpdate(operation, undefined, object, undefined)),
    asJson(entriesOf(updateManagers(operation, new Map(), nothing, object))),
  );
};

test('who makes an object has what an update of nothing would give them', async () => {
  await holds(
    fc.property(metadata, some(spec), some(fc.record({ state: text })), (metadata, spec, status) => {
      sameAsAnUpdateOfNothing(ShelfKind, { metadata, spec, status });
    }),
  );
});

test('so it is with kinds that have no spec', async () => {
  await holds(
    fc.property(metadata, text, fc.integer(), (metadata, message, count) => {
      sameAsAnUpdateOfNothing(EventKind, { metadata, message, count, involvedObject: { name: message } });
    }),
  );
});

test('what repeats from object to object is there once, lists whose items have the same names included', () => {
  const operation = { kind: ShelfKind, manager: 'someone', subresource: '', now: '2026-01-01T00:00:00Z' };
  const fieldsOf = (...tags: string[]) => {
    const object = { metadata: { name: 'a' }, spec: { title: 'a', tags } } as unknown as KindObject;
    return managedFieldsAfterUpdate(operation, undefined, object, undefined)?.[0]?.fieldsV1;
  };
  const one = fieldsOf('a', 'b');
  assert.notEqual(fieldsOf('c', 'd'), one);
  assert.notEqual(fieldsOf('a', 'c'), fieldsOf('a', 'b', 'c'));
  const [spec, again] = [fieldsOf('b', 'a'), fieldsOf('a', 'b')];
  assert.equal(spec, again);
  assert.deepEqual(asJson(spec), asJson(one));
  assert.ok(Object.isFrozen(spec) && Object.isFrozen(spec?.['f:spec']));
});
