import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiGroups, canonicalApiVersion, inCanonicalGroup, objectInGroup } from './api-groups.ts';
import type { KindObject } from './object.ts';

const groups = ['platform.kubedojo.io', 'idp.example.com'];

test('an apiVersion of a group that is used beside ours is ours, any other stays', () => {
  const of = (apiVersion: string): string => canonicalApiVersion(apiVersion, groups);
  assert.equal(of('platform.kubedojo.io/v1'), 'causeway.dev/v1');
  assert.equal(of('idp.example.com/v2'), 'causeway.dev/v2');
  for (const other of [
    'causeway.dev/v1',
    'apps/v1',
    'v1',
    '',
    'platform.kubedojo.io',
    'x.platform.kubedojo.io/v1',
  ])
    assert.equal(of(other), other);
});

test('what somebody wrote is read in our group, owners included, and whatever it is it is not thrown at', () => {
  const written = {
    apiVersion: 'platform.kubedojo.io/v1',
    kind: 'Service',
    metadata: { name: 'a', ownerReferences: [{ apiVersion: 'idp.example.com/v1', kind: 'Team' }, null, 7] },
    spec: { apiVersion: 'platform.kubedojo.io/v1' },
  };
  assert.deepEqual(inCanonicalGroup(written, groups), {
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: { name: 'a', ownerReferences: [{ apiVersion: 'causeway.dev/v1', kind: 'Team' }, null, 7] },
    spec: { apiVersion: 'platform.kubedojo.io/v1' },
  });
  for (const value of [null, undefined, 1, 'text', [], [written], { metadata: 3 }, { apiVersion: {} }, {}])
    assert.deepEqual(inCanonicalGroup(value, groups), value);
});

test('an object in another group and back is the object, with owners and managers of that group', () => {
  const object = {
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: {
      name: 'a',
      ownerReferences: [{ apiVersion: 'causeway.dev/v1', kind: 'Team', name: 't', uid: 'u' }],
      managedFields: [
        {
          manager: 'm',
          operation: 'Apply',
          apiVersion: 'causeway.dev/v1',
          fieldsType: 'FieldsV1',
          fieldsV1: {},
        },
        { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
      ],
    },
    spec: {},
  } as unknown as KindObject;
  const there = objectInGroup(object, 'causeway.dev', 'platform.kubedojo.io');
  assert.equal(there.apiVersion, 'platform.kubedojo.io/v1');
  assert.equal(there.metadata.ownerReferences?.[0]?.apiVersion, 'platform.kubedojo.io/v1');
  assert.deepEqual(
    there.metadata.managedFields?.map(({ apiVersion }) => apiVersion),
    ['platform.kubedojo.io/v1', 'v1'],
  );
  assert.deepEqual(objectInGroup(there, 'platform.kubedojo.io', 'causeway.dev'), object);
});

test('groups are domain names of somebody’s own, each once, ten at most', () => {
  assert.deepEqual(ApiGroups.parse(groups), groups);
  for (const [wrong, why] of [
    [['causeway.dev'], /there already/],
    [['apps'], /domain name/],
    [['Platform.Example.com'], /domain name/],
    [['networking.k8s.io'], /Kubernetes/],
    [['k8s.io'], /Kubernetes/],
    [['node.kubernetes.io'], /Kubernetes/],
    [['a.io', 'a.io'], /twice/],
    [Array.from({ length: 11 }, (_, index) => `g${index}.io`), /10/],
  ] as const)
    assert.match(ApiGroups.safeParse(wrong).error?.message ?? '', why, String(wrong));
});
