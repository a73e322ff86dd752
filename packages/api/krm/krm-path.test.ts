import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { parseKrmPath } from './krm-path.ts';

const at = (group: string, namespace: string, plural: string, name = '', subresource = '') => ({
  type: 'resource',
  group,
  version: 'v1',
  namespace,
  plural,
  name,
  subresource,
});

test('paths of the resource model', () => {
  const group = 'causeway.dev';
  const cases: [string, unknown][] = [
    ['/api', { type: 'core' }],
    ['/api/', { type: 'core' }],
    ['/apis', { type: 'groups' }],
    ['/api/v1', { type: 'version', group: '', version: 'v1' }],
    ['/apis/causeway.dev', { type: 'group', group }],
    ['/apis/causeway.dev/v1', { type: 'version', group, version: 'v1' }],
    ['/api/v1/namespaces', at('', '', 'namespaces')],
    ['/api/v1/namespaces/shop', at('', '', 'namespaces', 'shop')],
    ['/api/v1/namespaces/shop/status', at('', '', 'namespaces', 'shop', 'status')],
    ['/api/v1/namespaces/shop/events', at('', 'shop', 'events')],
    ['/apis/causeway.dev/v1/teams/shop', at(group, '', 'teams', 'shop')],
    ['/apis/causeway.dev/v1/services', at(group, '', 'services')],
    ['/apis/causeway.dev/v1/namespaces/shop/services', at(group, 'shop', 'services')],
    ['/apis/causeway.dev/v1/namespaces/shop/builds/orders.1', at(group, 'shop', 'builds', 'orders.1')],
    [
      '/apis/causeway.dev/v1/namespaces/shop/builds/orders%2e1/status',
      at(group, 'shop', 'builds', 'orders.1', 'status'),
    ],
    [
      '/apis/causeway.dev/v1/namespaces/shop/services/orders/rollback',
      at(group, 'shop', 'services', 'orders', 'rollback'),
    ],
    ['/apis/causeway.dev/v1/namespaces/shop/services/a/b/c', undefined],
    ['/apis//v1/services', undefined],
    ['/portal', undefined],
    ['/', undefined],
  ];
  for (const [path, expected] of cases) assert.deepEqual(parseKrmPath(path), expected, path);
});

test('names that could leave their place are refused', () => {
  for (const path of [
    '/api/v1/namespaces/a%2Fb',
    '/api/v1/namespaces/%2e%2e',
    '/api/v1/namespaces/a%00b',
    '/api/v1/namespaces/%',
    '/api/v1/namespaces/a%5Cb',
  ])
    assert.throws(
      () => parseKrmPath(path),
      error => isPlatformError(error, 'BadRequest'),
      path,
    );
});
