import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '@causeway/engine';
import type { ChangeRequest } from '@causeway/model';
import { changeOfCommit } from './approvals-of-release.ts';

const at = '2026-11-21T10:00:00Z';

const merged = (name: string, spec: object = {}) =>
  ({
    metadata: { name, namespace: 'shop' },
    spec: { service: 'orders', author: 'alice', ...spec },
    status: {
      head: 'head',
      approvals: [
        { by: 'bob', at, commit: 'head' },
        { by: 'carol', at, commit: 'older' },
        { by: 'alice', at, commit: 'head' },
      ],
      merged: { by: 'alice', at, commit: 'merge', method: 'merge' },
    },
  }) as unknown as ChangeRequest;

const storeOf = (...changes: readonly ChangeRequest[]): Pick<Store, 'peekAll'> => ({
  peekAll: ((_kind: unknown, _namespace: unknown, where: (one: ChangeRequest) => boolean) =>
    changes.filter(where)) as never,
});

test('[CHG3] approvals of a release are those of its own repository, for what was merged, and nobody’s own', () => {
  const found = changeOfCommit(storeOf(merged('orders.1')), 'shop', 'orders', 'merge');
  assert.deepEqual(found, { name: 'orders.1', author: 'alice', mergedBy: 'alice', approvals: ['bob'] });
  const elsewhere = merged('orders.2', {
    forge: { name: 'github', url: 'https://github.com/mallory/orders/2' },
  });
  assert.equal(changeOfCommit(storeOf(elsewhere), 'shop', 'orders', 'merge'), undefined);
  assert.equal(
    changeOfCommit(storeOf(elsewhere, merged('orders.1')), 'shop', 'orders', 'merge')?.name,
    'orders.1',
  );
});
