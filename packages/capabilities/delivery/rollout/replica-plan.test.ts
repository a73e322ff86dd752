import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Release,
  ReleaseKind,
  type Rollout,
  RolloutKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { configurationOf, processCounts, serviceReplicas } from './replica-plan.ts';

const metadata = (name: string) => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
});

const service = (spec: object = {}): Service => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: metadata('orders'),
  spec: ServiceKind.spec.parse(spec),
});

const rollout = (spec: object = {}): Rollout => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Rollout',
  metadata: metadata('orders.trial'),
  spec: RolloutKind.spec.parse({
    service: 'orders',
    environment: 'trial',
    release: 'orders.1',
    sequence: 1,
    requestedBy: 'alice',
    ...spec,
  }),
});

const release = (processes: Record<string, string> = { web: 'serve' }): Release => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Release',
  metadata: metadata('orders.1'),
  spec: ReleaseKind.spec.parse({
    service: 'orders',
    commit: 'a'.repeat(40),
    build: 'orders.1',
    sequence: 1,
    createdBy: 'alice',
    artifact: { digest: 'b'.repeat(64), builder: 'test', processes },
  }),
});

const nobody = { variables: {}, digested: [] };
const digest = (of: Service, settings: object | undefined, more: object = {}): string =>
  configurationOf(of, rollout({ ...(settings ? { settings } : {}), ...more }), release(), nobody).digest;

test('what the rollout sets wins over what the service says, and the rest of the service stays', () => {
  const ordered = service({
    resources: { cpu: '2', memory: '1Gi' },
    variables: [
      { name: 'KEPT', value: 'of the service' },
      { name: 'COLOUR', value: 'for all' },
      { name: 'COLOUR', value: 'for trial', environment: 'trial' },
      { name: 'SIZE', value: 'of the service' },
    ],
  });
  const set = rollout({ settings: { variables: { SIZE: 'set' }, resources: { memory: '256Mi', cpu: '1' } } });
  const configuration = configurationOf(ordered, set, release(), nobody);
  const { KEPT, COLOUR, SIZE } = configuration.variables;
  assert.deepEqual({ KEPT, COLOUR, SIZE }, { KEPT: 'of the service', COLOUR: 'for trial', SIZE: 'set' });
  const [replica] = serviceReplicas(ordered, set, configuration);
  assert.deepEqual(replica?.spec?.resources, { cpu: '1', memory: '256Mi' });
});

test('a configuration is another when what replicas are made from is, and only then', () => {
  const plain = digest(service(), undefined);
  assert.equal(digest(service(), {}), plain);
  assert.equal(digest(service(), { replicas: 3 }), plain);
  assert.equal(digest(service(), undefined, { asleep: true }), plain);
  assert.equal(digest(service(), undefined, { asleep: false }), plain);
  assert.notEqual(digest(service(), { variables: { A: '1' } }), plain);
  assert.notEqual(digest(service(), { resources: { cpu: '3', memory: '512Mi' } }), plain);
  assert.equal(
    digest(service(), { variables: { A: '1', B: '2' } }),
    digest(service(), { variables: { B: '2', A: '1' } }),
  );
});

test('how many are asked for is about the web process, or about the only one there is', () => {
  const counts = (processes: Record<string, string>, settings: object, spec: object = {}) =>
    Object.fromEntries(processCounts(service(spec), rollout({ settings }), release(processes)));
  const both = { web: 'serve', worker: 'work' };
  assert.deepEqual(counts(both, {}, { replicas: 2 }), { web: 2, worker: 1 });
  assert.deepEqual(counts(both, { replicas: 4 }, { replicas: 2 }), { web: 4, worker: 1 });
  assert.deepEqual(counts(both, { replicas: 0 }), { web: 0, worker: 1 });
  assert.deepEqual(counts({ worker: 'work' }, { replicas: 3 }), { worker: 3 });
  assert.deepEqual(counts({ worker: 'work', clock: 'tick' }, { replicas: 3 }), { worker: 1, clock: 1 });
});
