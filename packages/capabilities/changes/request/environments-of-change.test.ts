import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangeRequest, EnvironmentRequestKind, type KindObject } from '@causeway/model';
import { environmentsOf } from './environments-of-change.ts';

/** Requests that are there, each with the change that it came from. */
const storeOf = (requests: Readonly<Record<string, string>>) => {
  const objects = Object.entries(requests).map(([name, change]) => ({
    metadata: { name, namespace: 'shop', annotations: { 'causeway.dev/change-request': change } },
    status: { phase: 'Ready', readyAfterMs: 4000 },
  })) as unknown as KindObject[];
  const of = (kind: unknown) => (kind === EnvironmentRequestKind ? objects : []);
  return {
    peek: (kind: unknown, key: { name: string }) =>
      of(kind).find(({ metadata }) => metadata.name === key.name),
    peekAll: (kind: unknown, _team: string, where: (one: never) => boolean) =>
      of(kind).filter(one => where(one as never)),
  } as never;
};

const change = (...before: string[]) =>
  ({
    metadata: { name: 'orders.1', namespace: 'shop' },
    status: { environments: before.map(name => ({ name, state: 'ready' })) },
  }) as unknown as ChangeRequest;

const told = (requests: Readonly<Record<string, string>>, ...before: string[]) =>
  environmentsOf(storeOf(requests), change(...before)).map(({ name, state }) => `${name} ${state}`);

test('[CHG9] an environment that came from a change is told of until it is gone, and then that it is', () => {
  assert.deepEqual(told({ staging: 'orders.1' }), ['staging ready after 4 s']);
  assert.deepEqual(told({ staging: 'orders.1' }, 'staging', 'load'), [
    'load gone',
    'staging ready after 4 s',
  ]);
});

test('[CHG9] what another change has brought since is not told to be gone, and no list of the gone grows for ever', () => {
  assert.deepEqual(told({ staging: 'orders.2' }, 'staging'), []);
  const many = Array.from({ length: 30 }, (_, index) => `env-${10 + index}`);
  assert.equal(told({}, ...many).length, 10);
});
