import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createRepositories } from '@causeway/git';
import { kinds, ReleaseKind, ServiceKind } from '@causeway/model';
import pg from 'pg';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { administrationRoutes } from './administration-routes.ts';

const actor = { user: 'olga', from: 'test' };
const orders = { namespace: 'shop', name: 'orders' };
const key = (name: string) => ({ namespace: 'shop', name });

interface Examination {
  check: string;
  examined: number;
  findings: string[];
}

describe('looking after the platform', () => {
  let server: TestServer;
  let ada: string;
  let sql: pg.Client;

  before(async () => {
    server = await startTestServer(parts => administrationRoutes({ ...parts, kinds }));
    ada = await server.token('ada');
    sql = new pg.Client({ connectionString: server.databaseUrl });
    await sql.connect();
    const { store, data } = server;
    const repositories = createRepositories({ folder: join(data, 'repositories') });
    const id = { team: 'shop', service: 'orders' };
    await repositories.ensure(id, 'main', {
      files: new Map([['README.md', { content: Buffer.from('x'), executable: false }]]),
      by: 'olga',
      message: 'first',
    });
    const commit = await repositories.resolve(id, 'main');
    await store.create(ServiceKind, { metadata: orders }, actor);
    await store.mutate(
      ServiceKind,
      orders,
      service => ({ ...service, status: { cloneUrl: 'http://127.0.0.1:1/git/shop/orders.git' } }),
      actor,
      { subresource: 'status' },
    );
    await store.create(
      ReleaseKind,
      {
        metadata: key('orders.1'),
        spec: {
          service: 'orders',
          commit: commit!,
          build: 'orders.1',
          sequence: 1,
          createdBy: 'olga',
          artifact: { digest: 'a'.repeat(64), builder: 'static', processes: {} },
        },
      },
      actor,
    );
    await mkdir(join(data, 'artifacts', 'a'.repeat(64)), { recursive: true });
  });
  after(async () => {
    await sql.end();
    await server.close();
  });

  const verify = async (): Promise<Record<string, Examination>> => {
    const answer = await server.ask('/api/administration/verification', ada);
    assert.equal(answer.status, 200);
    const lines = (await answer.text()).trimEnd().split('\n');
    const examinations = lines.map(line => JSON.parse(line) as Examination);
    return Object.fromEntries(examinations.map(one => [one.check, one]));
  };
  const findings = async (): Promise<string[]> =>
    Object.values(await verify()).flatMap(({ check, findings }) => findings.map(one => `${check}: ${one}`));
  /** Does something behind the platform’s back, looks, and puts it right again. */
  const withDamage = async (damage: string, repair: string): Promise<string[]> => {
    await sql.query(damage);
    try {
      return await findings();
    } finally {
      await sql.query(repair);
    }
  };

  test('[ACC1] is for owners of the team platform alone', async () => {
    const tokens = [undefined, 'wrong', await server.token('olga'), await server.token('pete'), ada];
    for (const [method, path] of [
      ['GET', '/api/audit'],
      ['GET', '/api/audit/verification'],
      ['GET', '/api/administration/verification'],
      ['GET', '/api/administration/statistics'],
      ['POST', '/api/administration/compaction'],
    ] as const) {
      const body = method === 'POST' ? { body: '{"revision":0}' } : {};
      const statuses = [];
      for (const token of tokens) {
        const answer = await server.ask(path, token, { method, ...body });
        statuses.push(answer.status);
        await answer.body?.cancel();
      }
      assert.deepEqual(statuses, [401, 401, 403, 403, 200], path);
    }
  });

  test('audit: the newest first, by person, kind, name and time', async () => {
    const list = async (query: string) => {
      const { records } = (await (await server.ask(`/api/audit?${query}`, ada)).json()) as {
        records: { seq: number; verb: string; kind: string; name: string; actor: { user: string } }[];
      };
      return records.map(({ verb, kind, name }) => `${verb} ${kind.split('.')[0]}/${name}`);
    };
    assert.deepEqual(await list('user=olga'), ['create releases/orders.1', 'create services/orders']);
    assert.deepEqual(await list('kind=services.causeway.dev'), ['create services/orders']);
    assert.deepEqual(await list('namespace=shop&name=orders.1&limit=5'), ['create releases/orders.1']);
    assert.deepEqual(await list('user=olga&limit=1'), ['create releases/orders.1']);
    assert.deepEqual(await list('since=2999-01-01'), []);
    assert.equal((await server.ask('/api/audit?since=yesterday', ada)).status, 400);
    assert.equal((await server.ask('/api/audit?limit=-1', ada)).status, 400);
  });

  test('[ENG8] the record at which tampering begins is named', async () => {
    const verdict = async () => (await server.ask('/api/audit/verification', ada)).json();
    const intact = (await verdict()) as { records: number };
    assert.deepEqual(Object.keys(intact), ['records']);
    const { rows } = await sql.query('SELECT record FROM audit WHERE seq = 3');
    await sql.query(`UPDATE audit SET record = replace(record, 'create', 'delete') WHERE seq = 3`);
    assert.deepEqual(await verdict(), { records: 2, brokenAt: 3 });
    await sql.query('UPDATE audit SET record = $1 WHERE seq = 3', [rows[0].record]);
    assert.deepEqual(await verdict(), intact);
    await sql.query(
      'CREATE TABLE aside AS SELECT * FROM audit WHERE seq = 2; DELETE FROM audit WHERE seq = 2',
    );
    assert.deepEqual(await verdict(), { records: 1, brokenAt: 2 });
    await sql.query('INSERT INTO audit SELECT * FROM aside; DROP TABLE aside');
    assert.deepEqual(await verdict(), intact);
  });

  test('[OPS7] a platform that is well has no findings', async () => {
    const checks = await verify();
    assert.deepEqual(
      Object.values(checks).flatMap(one => one.findings),
      [],
    );
    assert.deepEqual(Object.keys(checks), [
      'audit',
      'revisions',
      'objects',
      'history',
      'repositories',
      'artifacts',
    ]);
    assert.equal(checks.repositories?.examined, 1);
    assert.ok(checks.objects && checks.objects.examined >= 7);
  });

  test('[OPS7] whatever is damaged is found: revision, object, history, gap', async () => {
    const one = `WHERE kind = 'services.causeway.dev' AND name = 'orders'`;
    assert.match(
      (await withDamage(`UPDATE revision SET n = n - 1`, 'UPDATE revision SET n = n + 1')).join('\n'),
      /revisions: an object has revision \d+, the newest should be/,
    );
    const content = (
      await withDamage(
        `UPDATE object SET data = replace(data, '"main"', '"trunk"') ${one}`,
        `UPDATE object SET data = replace(data, '"trunk"', '"main"') ${one}`,
      )
    ).join('\n');
    assert.match(content, /history: services\.causeway\.dev shop\/orders: .* its content is another/);
    assert.match(
      (
        await withDamage(
          `UPDATE object SET data = replace(data, '"branch":"main"', '"branch":5') ${one}`,
          `UPDATE object SET data = replace(data, '"branch":5', '"branch":"main"') ${one}`,
        )
      ).join('\n'),
      /objects: services\.causeway\.dev shop\/orders: spec\.branch: /,
    );
    assert.match(
      (
        await withDamage(
          `UPDATE object SET data = left(data, 10) ${one}`,
          `UPDATE object o SET data = h.data FROM history h WHERE h.rv = o.rv AND o.name = 'orders' AND o.kind = 'services.causeway.dev'`,
        )
      ).join('\n'),
      /objects: .*shop\/orders: it is not JSON/,
    );
    await sql.query(`CREATE TABLE aside AS SELECT * FROM object ${one}`);
    assert.match(
      (
        await withDamage(
          `DELETE FROM object ${one}`,
          'INSERT INTO object SELECT * FROM aside; DROP TABLE aside',
        )
      ).join('\n'),
      /history: .*shop\/orders: .*it is not there/,
    );
    assert.deepEqual(await findings(), []);
  });

  test('[OPS7] and what lies beside the database: repositories, commits, artifacts', async () => {
    const repository = join(server.data, 'repositories', 'shop', 'orders.git');
    await rename(repository, `${repository}.aside`);
    assert.deepEqual(await findings(), ['repositories: shop/orders: the repository is missing']);
    await rename(`${repository}.aside`, repository);
    const objects = execFileSync('git', ['--git-dir', repository, 'rev-list', '--objects', '--all'], {
      encoding: 'utf8',
    });
    assert.ok(objects.length > 0);
    await rename(join(repository, 'objects'), join(repository, 'aside'));
    await mkdir(join(repository, 'objects', 'pack'), { recursive: true });
    assert.match((await findings()).join('\n'), /repositories: shop\/orders: git fsck: /);
    await rm(join(repository, 'objects'), { recursive: true });
    await rename(join(repository, 'aside'), join(repository, 'objects'));
    await rm(join(server.data, 'artifacts', 'a'.repeat(64)), { recursive: true });
    assert.match((await findings()).join('\n'), /^artifacts: shop\/orders\.1: its artifact a{12} is missing/);
  });

  test('statistics, and what compaction leaves of the history', async () => {
    const read = async () =>
      (await (await server.ask('/api/administration/statistics', ada)).json()) as {
        revision: number;
        historyRows: number;
        historyFrom: number;
        auditRecords: number;
        databaseBytes: number;
        connections: number;
        mostConnections: number;
        kinds: { kind: string; objects: number; bytes: number }[];
      };
    const before = await read();
    assert.equal(before.revision, server.engine.reading().revision);
    const services = before.kinds.find(({ kind }) => kind === 'services.causeway.dev');
    assert.deepEqual([services?.objects, (services?.bytes ?? 0) > 100], [1, true]);
    assert.ok(before.databaseBytes > 1_000_000 && before.connections >= 3);
    assert.ok(before.mostConnections > before.connections);
    const compact = (body: string) =>
      server.ask('/api/administration/compaction', ada, { method: 'POST', body });
    for (const wrong of [
      '{}',
      '{"revision":-1}',
      '{"revision":"1"}',
      '{"olderThan":"soon"}',
      '{"revision":1,"olderThan":"1h"}',
    ])
      assert.equal((await compact(wrong)).status, 400, wrong);
    assert.deepEqual(await (await compact(`{"revision":${before.revision}}`)).json(), {
      historyFrom: before.revision,
    });
    assert.equal((await read()).historyFrom, before.revision);
    assert.deepEqual(
      (await findings()).filter(one => !one.startsWith('artifacts')),
      [],
      'what is compacted is not missed',
    );
  });
});
