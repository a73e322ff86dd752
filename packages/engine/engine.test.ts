import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, kinds, NamespaceKind, ServiceKind, TeamKind } from '@causeway/model';
import { testDatabase, until } from '@causeway/testkit';
import { defineController, type Engine, openDatabase, openEngine } from './index.ts';
import { Connection } from './sql/connection.ts';

const alice = { user: 'alice', from: 'test' };

/** An engine on a database of its own, with one namespace. */
const openTestEngine = async () => {
  const database = await testDatabase();
  const open = () =>
    openEngine({ database: openDatabase(database.connectionString), kinds, log: console.error });
  const engine = await open();
  await engine.store.create(NamespaceKind, { metadata: { name: 'shop' } }, alice);
  return { engine, open, close: database.close, connectionString: database.connectionString };
};

const service = (name: string, spec: Record<string, unknown> = {}) => ({
  metadata: { name, namespace: 'shop' },
  spec,
});
const key = (name: string) => ({ namespace: 'shop', name });

describe('the engine on PostgreSQL', () => {
  let engine: Engine;
  let close: () => Promise<void>;
  let open: () => Promise<Engine>;
  let connectionString: string;
  before(async () => {
    ({ engine, open, close, connectionString } = await openTestEngine());
  });
  after(async () => {
    await engine.close();
    await close();
  });

  test('creates with defaults, generation 1 and a revision; a second create is AlreadyExists', async () => {
    const made = await engine.store.create(ServiceKind, service('orders'), alice);
    assert.equal(made.spec.branch, 'main');
    assert.equal(made.metadata.generation, 1);
    assert.ok(Number(made.metadata.resourceVersion) > 0);
    assert.deepEqual(await engine.store.get(ServiceKind, key('orders')), made);
    await assert.rejects(engine.store.create(ServiceKind, service('orders'), alice), error =>
      isPlatformError(error, 'AlreadyExists'),
    );
  });

  test('who made an object is not said, changed or taken away by whoever writes it', async () => {
    const createdBy = 'causeway.dev/created-by';
    const claims = { annotations: { [createdBy]: 'olga', note: '1' } };
    const input = service('signed');
    const made = await engine.store.create(
      ServiceKind,
      { ...input, metadata: { ...input.metadata, ...claims } },
      alice,
    );
    assert.deepEqual(made.metadata.annotations, { [createdBy]: 'alice', note: '1' });
    const noted = async (name: string, annotations: Record<string, string>) =>
      (
        await engine.store.mutate(
          ServiceKind,
          key(name),
          one => ({ ...one, metadata: { ...one.metadata, annotations } }),
          { user: 'mallory' },
        )
      ).metadata.annotations;
    assert.deepEqual(await noted('signed', { [createdBy]: 'olga', note: '2' }), {
      [createdBy]: 'alice',
      note: '2',
    });
    assert.deepEqual(await noted('signed', {}), { [createdBy]: 'alice' });
    await engine.store.create(ServiceKind, service('unsigned'), { user: 'system:server' });
    assert.equal(await noted('unsigned', { [createdBy]: 'olga' }), undefined);
  });

  test('[ENG1] revisions have no gaps: failures in a batch take none', async () => {
    const first = await engine.store.create(ServiceKind, service('gap-0'), alice);
    const results = await Promise.allSettled([
      engine.store.create(ServiceKind, service('gap-1'), alice),
      engine.store.create(ServiceKind, service('orders'), alice),
      engine.store.create(ServiceKind, service('gap-2'), alice),
      engine.store.create(ServiceKind, service('Not A Name'), alice),
      engine.store.create(ServiceKind, service('gap-3'), alice),
    ]);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    const last = await engine.store.create(ServiceKind, service('gap-4'), alice);
    assert.equal(Number(last.metadata.resourceVersion) - Number(first.metadata.resourceVersion), 4);
  });

  test('an update counts the generation, a status write does not, the same content writes nothing', async () => {
    await engine.store.create(ServiceKind, service('counted'), alice);
    const updated = await engine.store.mutate(
      ServiceKind,
      key('counted'),
      one => ({ ...one, spec: { ...one.spec, replicas: 2 } }),
      alice,
    );
    assert.equal(updated.metadata.generation, 2);
    const status = await engine.store.mutate(
      ServiceKind,
      key('counted'),
      one => ({ ...one, status: { phase: 'Running' } }),
      alice,
      { subresource: 'status' },
    );
    assert.equal(status.metadata.generation, 2);
    assert.equal(status.status?.phase, 'Running');
    assert.equal(status.spec.replicas, 2);
    const same = await engine.store.mutate(ServiceKind, key('counted'), one => one, alice);
    assert.equal(same.metadata.resourceVersion, status.metadata.resourceVersion);
    const spec = await engine.store.mutate(
      ServiceKind,
      key('counted'),
      one => ({ ...one, status: { phase: 'Failed' } }),
      alice,
    );
    assert.equal(spec.status?.phase, 'Running', 'a write of the object leaves the status');
  });

  test('[ENG2] a stale resourceVersion is a Conflict; concurrent mutations lose nothing', async () => {
    const made = await engine.store.create(ServiceKind, service('contended', { replicas: 0 }), alice);
    await engine.store.mutate(
      ServiceKind,
      key('contended'),
      one => ({ ...one, spec: { ...one.spec, replicas: 1 } }),
      alice,
    );
    await assert.rejects(
      engine.store.mutate(
        ServiceKind,
        key('contended'),
        one => ({ ...one, metadata: { ...one.metadata, resourceVersion: made.metadata.resourceVersion } }),
        alice,
      ),
      error => isPlatformError(error, 'Conflict'),
    );
    await Promise.all(
      Array.from({ length: 30 }, () =>
        engine.store.mutate(
          ServiceKind,
          key('contended'),
          one => ({ ...one, spec: { ...one.spec, replicas: one.spec.replicas + 1 } }),
          alice,
        ),
      ),
    );
    assert.equal((await engine.store.get(ServiceKind, key('contended'))).spec.replicas, 31);
  });

  test('bad fields are all named at once', async () => {
    await assert.rejects(
      engine.store.create(ServiceKind, service('-bad-', { replicas: -1, http: { port: 99999 } }), alice),
      error => {
        assert.ok(isPlatformError(error, 'Invalid'));
        assert.deepEqual(
          error.causes.map(cause => cause.field),
          ['metadata.name', 'spec.http.port', 'spec.replicas'],
        );
        return true;
      },
    );
  });

  test('a finalizer holds a deleted object until it is removed', async () => {
    await engine.store.create(
      ServiceKind,
      { metadata: { name: 'held', namespace: 'shop', finalizers: ['causeway.dev/repository'] } },
      alice,
    );
    const marked = await engine.store.delete(ServiceKind, key('held'), alice);
    assert.ok(marked.metadata.deletionTimestamp);
    await engine.store.mutate(
      ServiceKind,
      key('held'),
      one => ({ ...one, metadata: { ...one.metadata, finalizers: [] } }),
      alice,
    );
    await assert.rejects(engine.store.get(ServiceKind, key('held')), error =>
      isPlatformError(error, 'NotFound'),
    );
  });

  test('what a deleted owner owned goes too', async () => {
    const owner = await engine.store.create(ServiceKind, service('owner'), alice);
    const reference = {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: 'owner',
      uid: owner.metadata.uid,
    };
    await engine.store.create(
      ServiceKind,
      { metadata: { name: 'owned', namespace: 'shop', ownerReferences: [reference] } },
      alice,
    );
    await engine.store.delete(ServiceKind, key('owner'), alice);
    await until('the owned service to go', () => engine.store.peek(ServiceKind, key('owned')) === undefined);
  });

  test('[ENG18] what would be part of something that goes is not made, however much in the same commit', async () => {
    const whole = await engine.store.create(
      ServiceKind,
      { ...service('whole'), metadata: { ...service('whole').metadata, finalizers: ['test/held'] } },
      alice,
    );
    const part = (name: string) =>
      engine.store.create(ServiceKind, service(name), alice, { partOf: [ServiceKind, whole] });
    await part('part-1');
    const [, second] = await Promise.allSettled([
      engine.store.delete(ServiceKind, key('whole'), alice),
      part('part-2'),
    ]);
    assert.ok(second.status === 'rejected' && isPlatformError(second.reason, 'NotFound'));
    await engine.store.mutate(
      ServiceKind,
      key('whole'),
      one => ({ ...one, metadata: { ...one.metadata, finalizers: [] } }),
      alice,
    );
    await engine.store.create(ServiceKind, service('whole'), alice);
    await assert.rejects(part('part-3'), { code: 'NotFound' }, 'another of the same name is not it');
    assert.equal(engine.store.peek(ServiceKind, key('part-2')), undefined);
  });

  test('[ENG4] a watch shows every change once and in order, also one resumed in the middle', async () => {
    const signal = AbortSignal.timeout(180_000);
    const { resourceVersion } = await engine.store.list(ServiceKind);
    const count = 50;
    const seen: string[] = [];
    const read = async (from: string, enough: number): Promise<string[]> => {
      const names: string[] = [];
      const left = new AbortController();
      const watch = engine.store.watch(ServiceKind, {
        resourceVersion: from,
        signal: AbortSignal.any([signal, left.signal]),
        labelSelector: 'watched',
      });
      await watch(({ object }) => {
        names.push(`${object.metadata.name}@${object.metadata.resourceVersion}`);
        if (names.length === enough) left.abort();
      });
      return names;
    };
    const watching = read(resourceVersion, count);
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        engine.store.create(
          ServiceKind,
          { metadata: { name: `w-${index}`, namespace: 'shop', labels: { watched: 'yes' } } },
          alice,
        ),
      ),
    );
    seen.push(...(await watching));
    assert.equal(new Set(seen).size, count);
    const revisions = seen.map(entry => Number(entry.split('@')[1]));
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
    assert.deepEqual(await read(String(revisions[24]), 25), seen.slice(25));
  });

  test('through a selector an object that stops matching is DELETED', async () => {
    const controller = new AbortController();
    const events: string[] = [];
    await engine.store.create(
      ServiceKind,
      { metadata: { name: 'selected', namespace: 'shop', labels: { tier: 'gold' } } },
      alice,
    );
    const watch = engine.store.watch(ServiceKind, { signal: controller.signal, labelSelector: 'tier=gold' });
    const done = watch(({ type, object }) => {
      events.push(`${type} ${object.metadata.name}`);
    });
    await until('the first event', () => events.length === 1);
    await engine.store.mutate(
      ServiceKind,
      key('selected'),
      one => ({ ...one, metadata: { ...one.metadata, labels: { tier: 'lead' } } }),
      alice,
    );
    await until('the second event', () => events.length === 2);
    controller.abort();
    await done;
    assert.deepEqual(events, ['ADDED selected', 'DELETED selected']);
  });

  test('lists by labels, fields and pages', async () => {
    const page = await engine.store.list(ServiceKind, { namespace: 'shop', limit: 3 });
    assert.equal(page.items.length, 3);
    const rest = await engine.store.list(ServiceKind, { namespace: 'shop', continue: page.continue ?? '' });
    assert.equal(page.remainingItemCount, rest.items.length);
    assert.deepEqual(
      (await engine.store.list(ServiceKind, { fieldSelector: 'metadata.name=orders' })).items.map(
        one => one.metadata.name,
      ),
      ['orders'],
    );
    assert.equal(
      (await engine.store.list(ServiceKind, { labelSelector: 'watched in (yes,no), !tier' })).items.length,
      50,
    );
    await assert.rejects(engine.store.list(ServiceKind, { labelSelector: 'a in (' }), error =>
      isPlatformError(error, 'BadRequest'),
    );
    await assert.rejects(engine.store.list(ServiceKind, { fieldSelector: 'spec.nothing=1' }), error =>
      isPlatformError(error, 'BadRequest'),
    );
  });

  test('an object that is too large is refused, however it grew; the others of its batch are written', async () => {
    const big = { labels: {}, annotations: { note: 'x'.repeat(1024 * 1024) } };
    const results = await Promise.allSettled([
      engine.store.create(ServiceKind, service('beside'), alice),
      engine.store.create(
        ServiceKind,
        { metadata: { name: 'large', namespace: 'shop', ...big }, spec: {} },
        alice,
      ),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await assert.rejects(
      engine.store.mutate(
        ServiceKind,
        key('beside'),
        current => ({ ...current, metadata: { ...current.metadata, ...big } }),
        alice,
      ),
      error => isPlatformError(error, 'TooLarge') || isPlatformError(error, 'Invalid'),
    );
  });

  test('a dry run stores nothing', async () => {
    const dry = await engine.store.create(ServiceKind, service('dry'), alice, { dryRun: true });
    assert.equal(dry.spec.replicas, 1);
    await assert.rejects(engine.store.get(ServiceKind, key('dry')), error =>
      isPlatformError(error, 'NotFound'),
    );
  });

  test('`__proto__` reaches no prototype', async () => {
    const evil = JSON.parse(
      '{"metadata":{"name":"evil","namespace":"shop","labels":{"__proto__":"x"}},"spec":{"__proto__":{"polluted":1}}}',
    );
    await assert.rejects(engine.store.create(ServiceKind, evil, alice), error =>
      isPlatformError(error, 'Invalid'),
    );
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  test('[ENG16] a controller that watches one kind for several reasons looks for each of them', async () => {
    const seen = new Set<string>();
    const to = (name: string) => ({ kind: TeamKind, keys: () => [{ namespace: 'shop', name }] });
    const controller = engine.run(
      defineController({
        name: 'two-reasons',
        kind: ServiceKind,
        watches: [to('first-reason'), to('second-reason')],
        async reconcile({ name }) {
          seen.add(name);
          return undefined;
        },
      }),
    );
    await engine.store.create(TeamKind, { metadata: { name: 'watched' } }, alice);
    await until('both looks', () => seen.has('first-reason') && seen.has('second-reason'));
    await controller.stop();
  });

  test('what nobody waits for is looked at later, once for all that happens meanwhile', async () => {
    let looks = 0;
    const controller = engine.run(
      defineController({
        name: 'later',
        kind: ServiceKind,
        watches: [{ kind: TeamKind, keys: () => [{ namespace: 'shop', name: 'late' }], laterMs: 2000 }],
        async reconcile({ name }) {
          if (name === 'late') looks += 1;
          return undefined;
        },
      }),
    );
    const began = performance.now();
    for (const name of ['one-of-many', 'two-of-many', 'three-of-many'])
      await engine.store.create(TeamKind, { metadata: { name } }, alice);
    const took = performance.now() - began;
    await until('the look', () => looks > 0);
    // A timer may be early by less than a millisecond.
    assert.ok(performance.now() - began >= 1999);
    if (took < 2000) assert.equal(looks, 1);
    await controller.stop();
  });

  test('a controller sees every object, retries what fails and never runs one key twice at once', async () => {
    let running = 0;
    let failed = false;
    const done = new Set<string>();
    const controller = engine.run(
      defineController({
        name: 'test',
        kind: TeamKind,
        async reconcile({ name }) {
          running += 1;
          assert.equal(running, 1);
          await new Promise(resolve => setTimeout(resolve, 5));
          running -= 1;
          if (name === 'second' && !failed) {
            failed = true;
            throw Object.assign(new Error('first try'), { stack: undefined, silent: true });
          }
          done.add(name);
          return undefined;
        },
        concurrency: 1,
      }),
    );
    await Promise.all(
      ['first', 'second'].map(name => engine.store.create(TeamKind, { metadata: { name } }, alice)),
    );
    await until('both teams', () => done.has('first') && done.has('second'));
    await controller.stop();
  });

  test('[ENG6] everything is there after a restart', async () => {
    const before = await engine.store.list(ServiceKind);
    const second = await open();
    try {
      assert.deepEqual((await second.store.list(ServiceKind)).items, before.items);
    } finally {
      await second.close();
    }
  });

  test('[ENG8] the audit chain holds, and a record changed, taken out or put in shows', async () => {
    const { records, brokenAt } = await engine.verifyAudit();
    assert.ok(records > 50);
    assert.equal(brokenAt, undefined);
    const tamperer = new Connection(connectionString, 'tamperer');
    const middle = Math.floor(records / 2);
    const tampered = async (change: string, mend: string): Promise<void> => {
      await tamperer.query(change);
      assert.equal((await engine.verifyAudit()).brokenAt, middle, change);
      await tamperer.query(mend);
      assert.equal((await engine.verifyAudit()).brokenAt, undefined);
    };
    await tampered(
      `UPDATE audit SET record = replace(record, 'alice', 'mallory') WHERE seq = ${middle}`,
      `UPDATE audit SET record = replace(record, 'mallory', 'alice') WHERE seq = ${middle}`,
    );
    await tampered(
      `CREATE TABLE taken AS SELECT * FROM audit WHERE seq = ${middle}; DELETE FROM audit WHERE seq = ${middle}`,
      'INSERT INTO audit SELECT * FROM taken',
    );
    assert.doesNotMatch(
      JSON.stringify(await tamperer.query('SELECT record FROM audit')),
      /resourceVersion":""/,
    );
    await tamperer.close();
  });

  test('[ENG8] what a person did that only a status tells is in the audit; a status alone is not', async () => {
    await engine.store.create(TeamKind, { metadata: { name: 'told' } }, alice);
    const looked = (reason: string, act?: Record<string, unknown>) =>
      engine.store.mutate(
        TeamKind,
        { namespace: '', name: 'told' },
        one => ({
          ...one,
          status: {
            conditions: [
              { type: 'Ready', status: 'True' as const, reason, message: '', lastTransitionTime: '' },
            ],
          },
        }),
        alice,
        { subresource: 'status', ...(act ? { act } : {}) },
      );
    const { records: before } = await engine.verifyAudit();
    await looked('Seen');
    assert.equal((await engine.verifyAudit()).records, before);
    await looked('Approved', { status: { approval: 'yes' } });
    assert.deepEqual(await engine.verifyAudit(), { records: before + 1 });
    const reader = new Connection(connectionString, 'reader');
    const [last] = (await reader.query(`SELECT record FROM audit WHERE seq = ${before + 1}`)) as unknown as {
      record: string;
    }[];
    await reader.close();
    assert.match(JSON.stringify(last), /alice.*update.*told.*approval/s);
  });

  test('[ENG7] two engines on one database see each other’s writes at once', async () => {
    const second = await open();
    try {
      for (let round = 0; round < 20; round += 1) {
        const [writer, reader] = round % 2 ? [engine, second] : [second, engine];
        await writer.store.create(ServiceKind, service(`shared-${round}`), alice);
        assert.equal(
          (await reader.store.get(ServiceKind, key(`shared-${round}`))).metadata.name,
          `shared-${round}`,
        );
      }
    } finally {
      await second.close();
    }
  });

  test('the ledger records a step once', async () => {
    const step = {
      id: 'push/1',
      at: new Date().toISOString(),
      type: 'change.pushed',
      team: 'shop',
      service: 'orders',
      actor: 'alice',
    };
    await engine.ledger.append(step, step);
    await engine.ledger.append(step);
    assert.equal((await engine.ledger.read({ team: 'shop', service: 'orders' })).length, 1);
  });
});
