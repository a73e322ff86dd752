import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Content, Operation, Seen } from './history.ts';
import { checkerMissing, historyLine, judgeLinearizability } from './linearizability.ts';

const content = (description: string, annotations: Record<string, string> = {}): Content => ({
  description,
  annotations,
  labels: {},
});

const seen = (version: number, generation: number, what: Content, uid = 'u1'): Seen => ({
  kind: 'services',
  namespace: 'shop',
  name: 'orders',
  uid,
  version,
  generation,
  ...what,
  digest: '',
});

type Given = Partial<Operation> & Pick<Operation, 'op' | 'call'>;

const operation = (given: Given): Operation => ({
  client: 0,
  key: 'services/shop/orders',
  dryRun: false,
  given: content(''),
  result: 'ok',
  ...given,
});

const a = content('a', { one: '1' });
const b = content('b', { one: '1', two: '2' });
const created = operation({ op: 'create', call: 0, return: 1, given: a, object: seen(1, 1, a) });
const patchB = { op: 'patch', given: content('b', { two: '2' }), object: seen(2, 2, b) } as const;
const patched = operation({ ...patchB, call: 2, return: 3 });
const reads = (call: number, object?: Seen): Operation =>
  operation({ op: 'get', call, return: call + 1, ...(object ? { object } : { result: 'notFound' }) });

const right: Record<string, Operation[]> = {
  'one after the other': [created, patched, reads(4, seen(2, 2, b))],
  'a read during a write may show either': [
    created,
    { ...patched, return: 9 },
    reads(4, seen(1, 1, a)),
    reads(6, seen(2, 2, b)),
  ],
  'a write without an answer may take effect late': [
    created,
    operation({ ...patchB, call: 2 }),
    reads(4, seen(1, 1, a)),
    reads(6, seen(2, 2, b)),
  ],
  'a dry run changes nothing': [created, { ...patched, dryRun: true }, reads(4, seen(1, 1, a))],
  'deleted and made again': [
    created,
    operation({ op: 'delete', call: 2, return: 3, expectUid: 'u1', object: seen(2, 1, a) }),
    reads(4),
    operation({ op: 'create', call: 5, return: 6, given: b, object: seen(3, 1, b, 'u2') }),
    operation({ op: 'delete', call: 7, return: 8, expectUid: 'u1', result: 'conflict' }),
  ],
};

const c = content('c');
const wrong: Record<string, Operation[]> = {
  'a stale read': [created, patched, reads(4, seen(1, 1, a))],
  'a read that goes back': [
    created,
    { ...patched, return: 9 },
    reads(4, seen(2, 2, b)),
    reads(6, seen(1, 1, a)),
  ],
  'a lost update: both of two compare-and-sets on one version succeed': [
    created,
    operation({ op: 'update', call: 2, return: 9, given: b, expectVersion: 1, object: seen(2, 2, b) }),
    operation({ op: 'update', call: 2, return: 9, given: c, expectVersion: 1, object: seen(3, 2, c) }),
  ],
  'a lost acknowledged write': [created, reads(4)],
  'a patch computed from an old object': [
    created,
    patched,
    operation({
      op: 'patch',
      call: 4,
      return: 5,
      given: content('d', { three: '3' }),
      object: seen(3, 3, content('d', { one: '1', three: '3' })),
    }),
  ],
  'a conflict without a reason': [
    created,
    operation({ op: 'update', call: 2, return: 3, given: b, expectVersion: 1, result: 'conflict' }),
  ],
  'a dry run that changes something': [created, { ...patched, dryRun: true }, reads(4, seen(2, 2, b))],
  'a deletion against its precondition': [
    created,
    operation({ op: 'delete', call: 2, return: 3, expectUid: 'u0', object: seen(2, 1, a) }),
  ],
  'two creations of what was never deleted': [
    created,
    operation({ op: 'create', call: 2, return: 3, given: b, object: seen(2, 1, b, 'u2') }),
  ],
  'a version that falls': [
    { ...created, object: seen(7, 1, a) },
    { ...patched, object: seen(2, 2, b) },
  ],
};

describe('the linearizability checker', { skip: await checkerMissing() }, () => {
  const judged = async (history: readonly Operation[]): Promise<boolean> => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-checker-'));
    try {
      const file = join(folder, 'history.jsonl');
      await writeFile(file, history.map(one => `${historyLine(one)}\n`).join(''));
      return (await judgeLinearizability(file, folder)).linearizable;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  for (const [name, history] of Object.entries(right))
    test(`accepts: ${name}`, async () => assert.equal(await judged(history), true));
  for (const [name, history] of Object.entries(wrong))
    test(`refuses: ${name}`, async () => assert.equal(await judged(history), false));
});
