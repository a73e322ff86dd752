import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Engine, openDatabase, openEngine } from '@causeway/engine';
import {
  type ChangeRequest,
  ChangeRequestKind,
  EnvironmentKind,
  EnvironmentRequestKind,
  type Event,
  EventKind,
  findCondition,
  kinds,
  NamespaceKind,
  type Plan,
  PlatformError,
  ServiceKind,
  SourceKind,
} from '@causeway/model';
import { testDatabase, until } from '@causeway/testkit';
import { forgeChangesController } from './forge-changes-controller.ts';
import { forgeReportController } from './forge-report-controller.ts';
import type { ConfiguredForge } from './repository-in-forge.ts';
import { openChange, type PlayedForge, playForge } from './testing/played-forge.ts';

const actor = { user: 'alice' };
const namespace = 'shop';

const planned = (commit: string): Plan => ({
  commit,
  allowed: true,
  changes: [{ action: 'create', kind: 'EnvironmentRequest', name: 'staging', path: 'platform/a.yaml' }],
  problems: [],
  policies: 3,
  quota: [],
});

/** The two controllers on a real database, as one server after another runs them. */
const setUp = async (t: TestContext, { teams }: Pick<ConfiguredForge, 'teams'> = { teams: 'all' }) => {
  const played: PlayedForge = playForge();
  const database = await testDatabase();
  const log: string[] = [];
  let engine: Engine;
  const start = async () => {
    engine = await openEngine({
      database: openDatabase(database.connectionString),
      kinds,
      log: line => log.push(line),
    });
    const forges = [{ forge: played.forge, ...(teams ? { teams } : {}) }];
    engine.run(forgeChangesController(engine, forges));
    engine.run(forgeReportController({ engine, forges, plan: async (_source, commit) => planned(commit) }));
  };
  await start();
  t.after(async () => {
    await engine.close();
    await database.close();
  });
  await engine!.store.create(NamespaceKind, { metadata: { name: namespace } }, actor);
  await engine!.store.create(
    SourceKind,
    {
      metadata: { name: 'infra', namespace },
      spec: { url: 'https://forge.example/shop/infra.git', interval: '100ms' },
    },
    actor,
  );
  const comes = <T>(what: string, look: () => T | undefined | false): Promise<T> =>
    until(what, look, { seen: () => [...log.slice(-3), ...played.told].join('\n') });
  return {
    played,
    until: comes,
    get store() {
      return engine.store;
    },
    change: (number: number, condition: (found: ChangeRequest) => boolean = () => true) =>
      until(`change ${number}`, () => {
        const found = engine.store.peek(ChangeRequestKind, { namespace, name: `infra.${number}` });
        return found && condition(found) ? found : undefined;
      }),
    event: (reason: string) =>
      until(`the event ${reason}`, () =>
        (engine.store.peekAll(EventKind, namespace) as Event[]).find(event => event.reason === reason),
      ),
    async restart() {
      await engine.close();
      await start();
    },
  };
};

const isReported = ({ status }: ChangeRequest): boolean =>
  findCondition(status?.conditions, 'Reported')?.status === 'True';

test('[FRG4] a change is told once, however often it is looked at, and after a restart', async t => {
  const { played, change, until, restart } = await setUp(t);
  played.changes.push(openChange(1));
  await change(1, isReported);
  assert.equal(played.told.length, 2);
  assert.equal(played.told[0], 'head-1: success');
  played.changes[0] = openChange(1, { title: 'Another title' });
  await change(1, ({ spec }) => spec.title === 'Another title');
  const merged = { by: 'bob', at: '2026-11-21T10:00:00Z', commit: 'merge' };
  played.changes[0] = openChange(1, { state: 'Merged', merged });
  await until('the last word', () => played.told.some(line => line.includes('Merged')));
  const said = played.told.length;
  await restart();
  played.changes.push(openChange(2));
  await change(2, isReported);
  assert.deepEqual(
    played.told.slice(said).filter(line => line.includes('#1')),
    [],
    'what is over is not told again',
  );
});

test('[FRG4] after the merge the environments are kept current', async t => {
  const { played, change, until, store } = await setUp(t);
  played.changes.push(openChange(1));
  await change(1, isReported);
  await store.create(
    EnvironmentRequestKind,
    { metadata: { name: 'staging', namespace }, spec: { services: [{ name: 'orders' }] } },
    actor,
  );
  assert.equal((await change(1)).status?.environments?.length, 0, 'somebody else’s until it is merged');
  const merged = { by: 'bob', at: '2026-11-21T10:00:00Z', commit: 'merge' };
  played.changes[0] = openChange(1, { state: 'Merged', merged });
  const last = (words: RegExp) => until(`${words}`, () => words.test(played.told.at(-1) ?? ''));
  await last(/\| staging \| asked for \|/);
  const say = (status: object) =>
    store.mutate(
      EnvironmentRequestKind,
      { namespace, name: 'staging' },
      current => ({ ...current, status }),
      { user: 'system:server' },
      { subresource: 'status' },
    );
  const urls = { orders: 'http://orders.staging.shop.localhost:7080' };
  await say({ phase: 'Ready', readyAfterMs: 4200, urls, expiresAt: '2026-12-05T10:00:00.000Z' });
  await last(/\| staging \| ready after 4 s \| <http:\/\/orders\.staging\S+> \| 2026-12-05/);
  await say({ phase: 'Gone', gone: { at: '2026-12-05T10:00:01.000Z', reason: 'Expired' } });
  await last(/\| staging \| gone: its time was over \|/);
});

test('[FRG6] the preview of a commit that is pushed here as well is on its change, until it is gone', async t => {
  const { played, change, until, store } = await setUp(t);
  played.changes.push(openChange(1));
  await change(1, isReported);
  const system = { user: 'system:server' };
  const name = 'orders-topic-1a2b';
  await store.create(ServiceKind, { metadata: { name: 'orders', namespace } }, actor);
  const say = (kind: typeof ServiceKind | typeof EnvironmentKind, of: string, status: object) =>
    store.mutate(
      kind,
      { namespace, name: of },
      current => ({ ...current, status: { ...current.status, ...status } }) as never,
      system,
      { subresource: 'status' },
    );
  await say(ServiceKind, 'orders', { previews: [{ name, commit: 'head-1' }] });
  await store.create(
    EnvironmentKind,
    {
      metadata: { name, namespace, labels: { 'causeway.dev/preview-of': 'orders' } },
      spec: { type: 'preview' },
    },
    system,
  );
  const last = (words: RegExp) => until(`${words}`, () => words.test(played.told.at(-1) ?? ''));
  await last(/\| orders\\-topic\\-1a2b \| asked for \|/);
  const urls = { orders: `http://orders.${name}.shop.localhost:7080` };
  await say(EnvironmentKind, name, { phase: 'Ready', readyAfterMs: 2100, urls });
  await last(/\| ready after 2 s \| <http:\/\/orders\.orders-topic-1a2b\.shop\.localhost:7080> \|/);
  assert.equal((await change(1)).status?.environments?.[0]?.name, name);
  await store.delete(EnvironmentKind, { namespace, name }, system);
  await last(/\| orders\\-topic\\-1a2b \| gone \|/);
});

test('[FRG3] what the forge no longer has is closed; one for another branch is nobody’s', async t => {
  const { played, change, store } = await setUp(t);
  played.changes.push(openChange(1), openChange(2, { base: { branch: 'develop', commit: 'x' } }));
  await change(1, isReported);
  assert.equal(store.peek(ChangeRequestKind, { namespace, name: 'infra.2' }), undefined);
  played.changes.length = 0;
  await change(1, ({ status }) => status?.phase === 'Closed');
  played.changes.push(openChange(1));
  await change(1, ({ status }) => status?.phase === 'Open');
});

test('[FRG3] a change of a service’s own repository stays what it is, whatever a forge has under its name', async t => {
  const { played, change, store } = await setUp(t);
  const own = {
    service: 'infra',
    number: 7,
    source: 'topic',
    target: 'main',
    title: 'Ours',
    author: 'alice',
  };
  await store.create(ChangeRequestKind, { metadata: { name: 'infra.7', namespace }, spec: own }, actor);
  played.changes.push(
    openChange(7, { approvals: [{ by: 'bob', at: '2026-11-21T10:00:00Z', commit: 'head-7' }] }),
    openChange(8),
  );
  await change(8, isReported);
  const { spec, status } = await change(7);
  assert.deepEqual(spec, { ...own, closed: false });
  assert.equal(status, undefined);
});

test('[FRG3] a stranger’s files are planned once somebody has approved that commit', async t => {
  const { played, change } = await setUp(t);
  const fork = { branch: 'topic', commit: 'foreign', fork: true };
  const approval = { by: 'bob', at: '2026-11-21T10:00:00Z' };
  played.changes.push(openChange(1, { head: fork, approvals: [{ ...approval, commit: 'older' }] }));
  const waiting = await change(1, isReported);
  assert.equal(waiting.status?.plan, undefined);
  assert.equal(played.told[0], 'foreign: pending');
  assert.match(played.told[1] ?? '', /comes from a fork/);
  played.changes[0] = openChange(1, { head: fork, approvals: [{ ...approval, commit: 'foreign' }] });
  await change(1, ({ status }) => status?.plan?.commit === 'foreign');
});

test('[FRG5] a forge that is away is said, and asked again when it wants to be', async t => {
  const { played, change, event } = await setUp(t);
  played.fault = new PlatformError('TooManyRequests', 'the forge takes no more for 1 s', {
    retryAfterSeconds: 1,
  });
  played.changes.push(openChange(1));
  assert.match(String((await event('ForgeNotRead')).message), /takes no more/);
  played.fault = undefined;
  await change(1, isReported);
  const isNewer = (found: ChangeRequest): boolean => found.status?.head === 'head-2';
  played.changes[0] = openChange(1, { head: { branch: 'topic', commit: 'head-2', fork: false } });
  await change(1, isNewer);
  played.fault = new PlatformError('Unavailable', 'the forge cannot be reached');
  played.changes[0] = openChange(1, { title: 'Meanwhile' });
  await event('ForgeNotRead');
  played.fault = undefined;
  await change(1, ({ spec, status }) => spec.title === 'Meanwhile' && status?.head === 'head-1');
});

test('[FRG3] a repository that is another team’s is not looked at', async t => {
  const { played, event, store } = await setUp(t, { teams: { other: ['shop/*'] } });
  played.changes.push(openChange(1));
  assert.match(
    String((await event('RepositoryNotAllowed')).message),
    /team shop may not name shop\/infra .*say it in config\.yaml: teams: \{shop: \[shop\/infra\]\}/,
  );
  assert.deepEqual(store.peekAll(ChangeRequestKind), []);
  assert.deepEqual(played.told, []);
});
