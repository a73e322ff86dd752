import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '@causeway/model';
import { samplePlatform } from './testing/sample-platform.ts';

test('the sample objects are ones that the real API could have served', () => {
  for (const { kind, metadata, spec, status } of samplePlatform(Date.now())) {
    const definition = kinds.find(one => one.kind === kind);
    assert.ok(definition, kind);
    assert.deepEqual(definition.spec.parse(spec), spec, `${kind} ${metadata.name}`);
    assert.deepEqual(definition.status.parse(status ?? {}), status ?? {}, `${kind} ${metadata.name}`);
  }
});
