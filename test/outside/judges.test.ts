import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Listing, Operation, Seen, Watched, WatchedEvent } from './history.ts';
import { judgeLists, judgeOrder } from './judge-lists.ts';
import { judgeWatch } from './judge-watches.ts';
import { judgeWrites } from './judge-writes.ts';
import type { Truth } from './truth.ts';

const key = 'services/shop/orders';

const seen = (version: number, description: string, parity = 'even'): Seen => ({
  kind: 'services',
  namespace: 'shop',
  name: 'orders',
  uid: 'u1',
  version,
  generation: 1,
  description,
  annotations: {},
  labels: { parity },
  digest: `${version}${description}`,
});

const [made, changed, odd] = [seen(1, 'a'), seen(2, 'b'), seen(3, 'c', 'odd')];
const events: WatchedEvent[] = [
  { type: 'ADDED', object: made },
  { type: 'MODIFIED', object: changed },
  { type: 'MODIFIED', object: odd },
];
const audited = (verb: string) => ({ user: 'client-0', verb, uid: 'u1' });
const truth: Truth = {
  revision: 3,
  events,
  gaps: [],
  objects: [odd],
  audit: new Map([
    [1, audited('create')],
    [2, audited('update')],
    [3, audited('update')],
  ]),
};

const write = (op: 'create' | 'patch', object: Seen, call: number): Operation => ({
  client: 0,
  key,
  op,
  dryRun: false,
  call,
  return: call + 1,
  given: object,
  result: 'ok',
  object,
});
const operations = [write('create', made, 0), write('patch', changed, 2), write('patch', odd, 4)];

const problemsOf = (given: readonly Operation[], said: Partial<Truth> = {}): string[] =>
  judgeWrites(given, { ...truth, ...said }).problems;

describe('the judge of writes', () => {
  test('accepts what happened', () => assert.deepEqual(problemsOf(operations), []));

  test('says of a write without an answer what became of it', () => {
    const { return: _, object: _object, ...asked } = operations[1]!;
    const lost = { ...asked, result: 'unknown' } as const;
    const never = { ...lost, given: { ...lost.given, description: 'never' } };
    const { problems, resolved, unknown, happened } = judgeWrites(
      [operations[0]!, lost, never, operations[2]!],
      truth,
    );
    assert.deepEqual([problems, resolved.length, unknown, happened], [[], 3, 2, 1]);
    assert.deepEqual(resolved[1]?.object, changed);
  });

  const refused: Record<string, [RegExp, string[]]> = {
    'an acknowledged write that is not there': [
      /is lost/,
      problemsOf([...operations, write('patch', seen(4, 'd'), 6)]),
    ],
    'a change that nobody asked for': [/nobody asked/, problemsOf(operations.slice(0, 2))],
    'a write that happened twice': [
      /happened twice/,
      problemsOf(operations, { events: [...events, { type: 'MODIFIED', object: { ...odd, version: 4 } }] }),
    ],
    'a dry run that left a trace': [
      /nobody asked/,
      problemsOf([...operations.slice(0, 2), { ...operations[2]!, dryRun: true }]),
    ],
    'an answer that differs from what was stored': [
      /something else/,
      problemsOf([...operations.slice(0, 2), write('patch', { ...odd, digest: 'other' }, 4)]),
    ],
    'a gap': [/ENG1/, problemsOf(operations, { gaps: ['after revision 1 comes 3'] })],
    'a change without an audit record': [/ENG8/, problemsOf(operations, { audit: new Map() })],
    'a table that differs from the history': [/the table/, problemsOf(operations, { objects: [changed] })],
  };
  for (const [name, [expected, problems]] of Object.entries(refused))
    test(`refuses ${name}`, () => assert.match(problems.join('\n'), expected));
});

describe('the judge of lists', () => {
  const listing = (version: number, items: readonly Seen[], call = 10): Listing => ({
    kind: 'services',
    call,
    return: call + 1,
    version,
    items,
  });
  test('accepts the state at a version, through a label too', () => {
    const even = { ...listing(3, []), parity: 'even' };
    assert.deepEqual(judgeLists([listing(3, [odd]), listing(1, [made]), even], truth), []);
    assert.deepEqual(judgeOrder(operations, [listing(3, [odd])]), []);
  });
  test('refuses a list of another moment, and one that lacks something', () => {
    assert.equal(judgeLists([listing(2, [odd])], truth).length, 1);
    assert.equal(judgeLists([listing(2, [])], truth).length, 1);
  });
  test('[ENG5] refuses a list, and a write, older than what had been told', () => {
    assert.match(judgeOrder(operations, [listing(2, [changed])]).join(), /got revision 2 after 3/);
    assert.match(
      judgeOrder([...operations, write('patch', changed, 8)], []).join(),
      /got revision 2 after 3/,
    );
  });
});

describe('the judge of watches', () => {
  const list: Listing = { kind: 'services', call: 0, return: 1, version: 1, items: [made] };
  const judged = (steps: Watched['steps'], parity?: string): string[] =>
    judgeWatch({ kind: 'services', ...(parity ? { parity } : {}), steps, breaks: 0, expired: 0 }, truth, 3);

  test('accepts every change in order, after a list', () =>
    assert.deepEqual(judged([{ list }, ...events.slice(1)]), []));
  test('accepts what a selector makes of the changes', () =>
    assert.deepEqual(judged([{ list }, events[1]!, { type: 'DELETED', object: odd }], 'even'), []));

  const refused: Record<string, Watched['steps']> = {
    'a gap': [{ list }, events[2]!],
    'a repetition': [{ list }, events[1]!, events[1]!, events[2]!],
    'another order': [{ list }, events[2]!, events[1]!],
    'an end too early': [{ list }, events[1]!],
    'a beginning before what was seen': [{ list }, events[1]!, { list }, ...events.slice(1)],
    'an event of another object': [
      { list },
      { ...events[1]!, object: { ...changed, digest: 'x' } },
      events[2]!,
    ],
  };
  for (const [name, steps] of Object.entries(refused))
    test(`[ENG4] refuses ${name}`, () => assert.equal(judged(steps).length, 1));
});
