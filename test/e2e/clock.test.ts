import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type TestDatabase, testDatabase } from '@causeway/testkit';
import pg from 'pg';
import { bareServer, type Platform, root, startPlatform, until } from './harness.ts';
import { processesOf } from './left-behind.ts';

const day = 24 * 3_600_000;
/** Within which every server has noticed that a clock was set, and looked at everything. */
const noticedMs = 3000;

/** From the next connection on, statements that ask a database for the time hear what the test says. */
const settableClock = `
  CREATE SCHEMA set_clock;
  CREATE TABLE set_clock.ahead AS SELECT 0::bigint AS ms;
  CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + (SELECT ms FROM set_clock.ahead) * interval ''1 millisecond''';
  DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = set_clock, pg_catalog, public', current_database()); END $$`;

describe('[ENV4] [ENG17] somebody sets the clocks of a platform’s processes and of its database', () => {
  let database: TestDatabase;
  let sql: pg.Client;
  let platform: Platform;
  let folder: string;
  let clockFile: string;
  /** How many processes one environment has. */
  let ofProduction: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-clock-'));
    clockFile = join(folder, 'ahead');
    database = await testDatabase();
    sql = new pg.Client({ connectionString: database.connectionString });
    await sql.connect();
    await sql.query(settableClock);
    platform = await startPlatform({
      DATABASE_URL: database.connectionString,
      NODE_OPTIONS: `--import ${pathToFileURL(join(root, 'test/e2e/set-clock.mjs')).href}`,
      SET_CLOCK_FILE: clockFile,
    });
    await platform.cli('create', 'service', '--name', 'api', '--template', 'empty');
    const clone = await platform.clone('api', {});
    const pushed = await platform.push(clone, bareServer('api answers'));
    assert.equal(pushed.code, 0, pushed.stderr);
  });
  after(async () => {
    await platform?.down();
    await sql?.end();
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const setServers = (ms: number) => writeFile(clockFile, String(ms));
  const setDatabase = (ms: number) => sql.query('UPDATE set_clock.ahead SET ms = $1', [ms]);
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

  const phaseOf = async (name: string): Promise<string | undefined> => {
    const { code, stdout } = await platform.cli('get', 'environmentrequest', name, '-o', 'json');
    return code === 0 ? JSON.parse(stdout).status?.phase : undefined;
  };
  const apply = async (name: string, lifetime: string): Promise<void> => {
    const file = join(folder, `${name}.yaml`);
    await writeFile(
      file,
      `apiVersion: causeway.dev/v1
kind: EnvironmentRequest
metadata:
  name: ${name}
spec:
  lifetime: ${lifetime}
  services:
    - name: api
`,
    );
    const { code, stderr, stdout } = await platform.cli('apply', '-f', file);
    assert.equal(code, 0, stderr + stdout);
  };
  const ready = (name: string) =>
    until(`${name} to be ready`, async () => ['Ready', 'Expiring'].includes((await phaseOf(name)) ?? ''));
  const serverProcess = async (): Promise<{ readonly pid: number; readonly state: string } | undefined> => {
    const { code, stdout } = await platform.cli('status', '-o', 'json');
    const { processes } = code === 0 || stdout !== '' ? JSON.parse(stdout) : { processes: [] };
    return processes.find(({ name }: { name: string }) => name === 'server');
  };
  const workloads = async (): Promise<number> =>
    (await processesOf(platform.data)).filter(line => line.includes('server.js')).length;

  test('the servers’ clocks five days ahead, or behind, end nothing', async () => {
    ofProduction = await workloads();
    await apply('first', '2d');
    await ready('first');
    for (const ahead of [5 * day, -5 * day]) {
      await setServers(ahead);
      await pause(noticedMs);
      assert.equal(await phaseOf('first'), 'Ready');
    }
    await setServers(0);
  });

  test('the database’s clock a day back ends nothing, and keeps no server out that starts then', async () => {
    await setDatabase(-day);
    await pause(noticedMs);
    assert.equal(await phaseOf('first'), 'Ready');
    await setDatabase(-2 * day);
    const before = await serverProcess();
    assert.ok(before);
    process.kill(before.pid, 'SIGKILL');
    await until('another server', async () => {
      const now = await serverProcess().catch(() => undefined);
      return now !== undefined && now.pid !== before.pid && now.state === 'running';
    });
    await apply('second', '2d');
    await ready('second');
  });

  test('the database’s clock days ahead ends what is over at once, with all it had', async () => {
    await apply('third', '30d');
    await ready('third');
    await setDatabase(10 * day);
    await until('what is over to be gone', async () =>
      (await Promise.all(['first', 'second'].map(phaseOf))).every(phase => phase === 'Gone'),
    );
    assert.equal(await phaseOf('third'), 'Ready');
    // What production and the third need stays.
    await until('their processes to be gone', async () => (await workloads()) === 2 * ofProduction);
    assert.equal((await platform.visit('api.third.default.localhost')).body, 'api answers');
  });
});
