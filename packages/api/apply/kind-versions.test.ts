import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  apiVersionOf,
  defineKind,
  isPlatformError,
  type KindDefinition,
  type KindObject,
  servedVersions,
} from '@causeway/model';
import { z } from 'zod';
import { CrateKind } from '../testing/crate-kind.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { managedFieldsAfterUpdate } from './field-manager.ts';
import { inVersion } from './kind-versions.ts';

/** A kind whose fields had other names once. */
const Widget = defineKind({
  kind: 'Widget',
  plural: 'widgets',
  description: 'For tests.',
  spec: z.object({ size: z.int().default(1), colour: z.string().optional() }),
  status: z.object({}),
  versions: [
    {
      version: 'v1beta1',
      spec: z.object({ length: z.int().default(1), tint: z.string().optional() }),
      status: z.object({}),
      toStored: ({ spec: { length, tint } }) => ({
        spec: { size: length, ...(tint === undefined ? {} : { colour: tint }) },
      }),
      fromStored: ({ spec: { size, colour } }) => ({
        spec: { length: size, ...(colour === undefined ? {} : { tint: colour }) },
      }),
    },
  ],
});
const [v1, v1beta1] = servedVersions(Widget) as [KindDefinition, KindDefinition];

const operation = (kind: KindDefinition, manager: string) => ({
  kind,
  manager,
  subresource: '',
  now: '2026-01-01T00:00:00Z',
});
const apply = (
  kind: KindDefinition,
  manager: string,
  spec: object,
  live?: KindObject,
  force = false,
): KindObject =>
  applyConfiguration(
    {
      ...operation(kind, manager),
      configuration: { apiVersion: apiVersionOf(kind), kind: 'Widget', metadata: { name: 'w' }, spec },
      force,
    },
    live,
  );
const owners = (object: KindObject) =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map(({ manager, apiVersion, fieldsV1 }) => [
      `${manager} ${apiVersion.split('/')[1]}`,
      fieldsV1,
    ]),
  );

test('fields stay owned across versions: conflicts, shared and removed ones, each by the names of its version', () => {
  const made = apply(v1beta1, 'old', { length: 3, tint: 'red' });
  assert.deepEqual(owners(made), { 'old v1beta1': { 'f:spec': { 'f:length': {}, 'f:tint': {} } } });
  const seen = inVersion(made, v1beta1, v1);
  assert.deepEqual(seen.spec, { size: 3, colour: 'red' });
  assert.throws(
    () => apply(v1, 'new', { size: 4 }, seen),
    error =>
      isPlatformError(error, 'ApplyConflict') &&
      error.message === 'Apply failed with 1 conflict: conflict with "old": .spec.length',
  );
  const shared = apply(v1, 'new', { size: 3 }, seen);
  assert.deepEqual(owners(shared)['old v1beta1'], { 'f:spec': { 'f:length': {}, 'f:tint': {} } });
  const forced = apply(v1, 'new', { size: 4 }, shared, true);
  assert.deepEqual(owners(forced), {
    'old v1beta1': { 'f:spec': { 'f:tint': {} } },
    'new v1': { 'f:spec': { 'f:size': {} } },
  });
  const given = apply(v1beta1, 'old', {}, inVersion(forced, v1, v1beta1));
  assert.deepEqual(given.spec, { length: 4 }, 'its tint goes, the length of another stays');
});

test('who applied in one version and goes on in another loses nothing and leaves nothing', () => {
  const made = apply(v1beta1, 'one', { length: 3, tint: 'red' });
  const moved = apply(v1, 'one', { size: 3 }, inVersion(made, v1beta1, v1));
  assert.deepEqual(moved.spec, { size: 3 });
  assert.deepEqual(owners(moved), { 'one v1': { 'f:spec': { 'f:size': {} } } });
});

test('an update in one version takes fields from managers of another', () => {
  const made = apply(v1, 'new', { size: 3, colour: 'red' });
  const live = inVersion(made, v1, v1beta1);
  const next = { ...live, spec: { ...live.spec, length: 5 } };
  const managedFields = managedFieldsAfterUpdate(
    operation(v1beta1, 'editor'),
    live,
    next,
    live.metadata.managedFields,
  );
  assert.deepEqual(
    owners({ ...next, metadata: { ...next.metadata, ...(managedFields ? { managedFields } : {}) } }),
    {
      'new v1': { 'f:spec': { 'f:colour': {} } },
      'editor v1beta1': { 'f:spec': { 'f:length': {} } },
    },
  );
});

test('only whole objects are converted, though what is required goes or was never there', () => {
  const [stored, older] = servedVersions(CrateKind as unknown as KindDefinition) as [
    KindDefinition,
    KindDefinition,
  ];
  const made = apply(older, 'one', { tint: 'red', endpoints: [{ id: 'a', number: 1 }] });
  const complete = { ...made, spec: older.spec.parse(made.spec) } as KindObject;
  const seen = inVersion(complete, older, stored);
  const left = apply(stored, 'one', { colour: 'red' }, seen);
  assert.deepEqual(
    left.spec,
    { size: { cpu: 1 }, colour: 'red' },
    'what is required is for the store to miss',
  );
  const kept = apply(
    stored,
    'one',
    { colour: 'red' },
    inVersion(apply(older, 'two', { endpoints: [] }, complete), older, stored),
  );
  assert.deepEqual(owners(kept), { 'one v1': { 'f:spec': { 'f:colour': {} } } });
  assert.throws(
    () => inVersion({ ...seen, spec: {} }, stored, older),
    error => isPlatformError(error, 'Invalid') && error.causes[0]?.field === 'spec.ports',
  );
});
