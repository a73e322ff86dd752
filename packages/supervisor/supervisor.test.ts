import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { PlatformError } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { until } from '@causeway/testkit/until';
import { down, type PlatformStatus, type ProcessStatus, status, up } from './index.ts';
import { identify } from './processes/identity.ts';
import { runningPrograms } from './processes/running-programs.ts';
import { freePort, listen, type TestPlace, testPlace } from './testing/checkout.ts';

const env = { PATH: process.env.PATH };

const statusOf = async (data: string): Promise<PlatformStatus> => {
  const known = await status({ data });
  assert.ok(known);
  return known;
};
const pidsOf = async (data: string): Promise<Record<string, number | undefined>> =>
  Object.fromEntries((await statusOf(data)).processes.map(({ name, pid }) => [name, pid]));
const processOf = async (data: string, name: string): Promise<ProcessStatus> => {
  const found = (await statusOf(data)).processes.find(process => process.name === name);
  assert.ok(found);
  return found;
};
const isGone = (pid: number): boolean => identify(pid) === undefined;
const untilGone = (pid: number): Promise<boolean> => until(`process ${pid} to end`, async () => isGone(pid));

describe('a platform through its life', () => {
  let place: TestPlace;
  let data: string;
  let port: number;
  before(async () => {
    place = await testPlace();
    data = place.data();
    port = await freePort();
  });
  after(() => place.close());
  const again = () => up({ data, checkout: place.checkout, env });

  test('up starts everything, says so, and goes on by itself', async () => {
    assert.equal(await status({ data }), undefined);
    const progress: string[] = [];
    const result = await up({ data, port, checkout: place.checkout, env }, line => progress.push(line));
    assert.deepEqual(result, {
      api: `http://127.0.0.1:${port}`,
      gateway: `http://127.0.0.1:${port + 10}`,
      data,
      alreadyRunning: false,
    });
    assert.deepEqual(progress.toSorted(), ['API, portal and git', 'Agent', 'Gateway', 'PostgreSQL']);
    const { processes, supervisor } = await statusOf(data);
    assert.deepEqual(
      processes.map(({ name, state }) => `${name} ${state}`),
      ['postgres running', 'server running', 'gateway running', 'agent running'],
    );
    assert.equal(supervisor.state, 'running');
  });

  test('only the server knows the database; no secret is in an argument or readable by others', async () => {
    assert.deepEqual((await place.seen(data)).toSorted(), [
      'agent false',
      'gateway false',
      'server true false',
    ]);
    const password = (await readFile(path.join(data, 'postgres/password'), 'utf8')).trim();
    assert.ok(password.length > 20);
    assert.deepEqual(runningPrograms(password), []);
    const admin = JSON.parse(await readFile(path.join(data, 'credentials/admin.json'), 'utf8'));
    assert.equal(admin.server, `http://127.0.0.1:${port}`);
    assert.match(admin.token, /^[\w-]{43}$/);
    for (const name of await readdir(path.join(data, 'credentials'))) {
      assert.equal((await stat(path.join(data, 'credentials', name))).mode & 0o077, 0, name);
    }
  });

  test('a second up finds it as it is; another port is refused', async () => {
    const pids = await pidsOf(data);
    assert.equal((await again()).alreadyRunning, true);
    assert.deepEqual(await pidsOf(data), pids);
    await assert.rejects(up({ data, port: port + 1, checkout: place.checkout, env }), {
      code: 'AlreadyRunning',
    });
  });

  for (const name of ['server', 'gateway', 'agent', 'postgres']) {
    test(`${name} is started again after kill -9, the others go on`, async () => {
      const { [name]: pid, ...others } = await pidsOf(data);
      process.kill(pid!, 'SIGKILL');
      const now = await until(`another ${name}`, async () => {
        const found = await processOf(data, name);
        return found.state === 'running' && found.pid !== pid && found;
      });
      assert.ok(now.restarts > 0);
      const { [name]: _, ...same } = await pidsOf(data);
      assert.deepEqual(same, others);
    });
  }

  test('without its supervisor everything goes on; the next up takes it over', async () => {
    const pids = await pidsOf(data);
    const { supervisor } = await statusOf(data);
    process.kill(supervisor.pid!, 'SIGKILL');
    await untilGone(supervisor.pid!);
    assert.deepEqual(await pidsOf(data), pids);
    assert.equal((await statusOf(data)).supervisor.state, 'stopped');
    await again();
    assert.deepEqual(await pidsOf(data), pids);
    assert.equal((await statusOf(data)).supervisor.state, 'running');
  });

  test('everything is killed at once; up brings it back', async () => {
    const { supervisor } = await statusOf(data);
    const pids = [supervisor.pid!, ...Object.values(await pidsOf(data)).map(pid => pid!)];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    for (const pid of pids) await untilGone(pid);
    await again();
    const now = await pidsOf(data);
    assert.ok(Object.values(now).every(pid => pid !== undefined && !pids.includes(pid)));
  });

  test('a process that was started and never recorded is no obstacle', async () => {
    const { supervisor } = await statusOf(data);
    const { server } = await pidsOf(data);
    process.kill(supervisor.pid!, 'SIGKILL');
    await untilGone(supervisor.pid!);
    const file = path.join(data, 'run/platform.json');
    const state = JSON.parse(await readFile(file, 'utf8'));
    const processes = state.processes.filter(({ name }: { name: string }) => name !== 'server');
    await writeFile(file, JSON.stringify({ ...state, processes }));
    await again();
    assert.notEqual((await pidsOf(data)).server, server);
  });

  test('other code replaces server, agent and gateway, the gateway by a hand-over, and not the database', async () => {
    const { postgres, ...before } = await pidsOf(data);
    const versions = async () =>
      (await readdir(path.join(data, 'versions'))).filter(name => name !== 'current');
    const [old] = await versions();
    await place.change();
    assert.equal((await again()).alreadyRunning, false);
    const { postgres: same, ...now } = await pidsOf(data);
    assert.equal(same, postgres);
    for (const name of ['server', 'gateway', 'agent']) assert.notEqual(now[name], before[name], name);
    assert.ok((await place.seen(data)).includes('gateway handed over'));
    await until('the old version to go', async () => !(await versions()).includes(old!));
  });

  test('two at once find the same platform', async () => {
    await down({ data });
    await Promise.all([again(), again()]);
    assert.ok((await statusOf(data)).processes.every(({ state }) => state === 'running'));
    assert.equal(runningPrograms(path.join(data, 'versions')).length, 4);
  });

  test('down leaves no process behind, services included; purge no folder', async () => {
    const service = Number(await readFile(path.join(data, 'workloads/one/pid'), 'utf8'));
    const { supervisor } = await statusOf(data);
    const pids = [service, supervisor.pid!, ...Object.values(await pidsOf(data)).map(pid => pid!)];
    assert.equal(await down({ data }), true);
    assert.deepEqual(
      pids.filter(pid => !isGone(pid)),
      [],
    );
    assert.deepEqual(runningPrograms(data), []);
    assert.ok(
      (await statusOf(data)).processes.every(({ state, pid }) => state === 'stopped' && pid === undefined),
    );
    assert.equal(await down({ data }), false);
    assert.equal(await down({ data, purge: true }), false);
    assert.equal(await stat(data).catch(() => undefined), undefined);
  });

  test('down ends everything after kill -9 of the supervisor, what nobody recorded too', async () => {
    await up({ data, port, checkout: place.checkout, env });
    const { supervisor } = await statusOf(data);
    process.kill(supervisor.pid!, 'SIGKILL');
    await untilGone(supervisor.pid!);
    const state = path.join(data, 'run/platform.json');
    const recorded = JSON.parse(await readFile(state, 'utf8'));
    await writeFile(state, JSON.stringify({ ...recorded, processes: [] }));
    await down({ data });
    assert.deepEqual(runningPrograms(data), []);
  });
});

describe('what stands in the way of up', () => {
  let place: TestPlace;
  before(async () => {
    place = await testPlace();
  });
  after(() => place.close());
  const upIn = async (data: string, port?: number) =>
    up({ data, port: port ?? (await freePort()), checkout: place.checkout, env });

  test('a process that does not get ready: its last lines are shown, and nothing is left running', async () => {
    const data = place.data();
    await upIn(data);
    await down({ data });
    await writeFile(path.join(data, 'broken'), '');
    await assert.rejects(upIn(data), (error: PlatformError) => {
      assert.equal(error.code, 'StartupFailed');
      assert.ok(error.evidence.includes('the configuration is wrong'), String(error.evidence));
      return true;
    });
    assert.deepEqual(runningPrograms(data), []);
  });

  test('interrupted, it ends what it began', async () => {
    const data = place.data();
    const interrupt = new AbortController();
    const starting = up(
      { data, port: await freePort(), checkout: place.checkout, env, signal: interrupt.signal },
      () => interrupt.abort(),
    );
    await assert.rejects(starting, { name: 'AbortError' });
    assert.deepEqual(runningPrograms(data), []);
  });

  test('a taken port names who has it', async () => {
    const port = await freePort();
    const taken = await listen(port + 10);
    await assert.rejects(upIn(place.data(), port), (error: PlatformError) => {
      assert.equal(error.code, 'PortInUse');
      assert.match(error.message, new RegExp(`${port + 10}.*gateway`));
      assert.match(error.evidence.join(), new RegExp(`process ${process.pid}\\b`));
      return true;
    });
    taken?.close();
  });

  test('a folder of a newer version, of something else, or of nobody', async () => {
    const [newer, other, damaged] = [place.data(), place.data(), place.data()];
    for (const folder of [newer, other, damaged]) await mkdir(folder);
    await writeFile(path.join(newer, 'format'), '99\n');
    await writeFile(path.join(damaged, 'format'), 'x');
    await writeFile(path.join(other, 'thesis.tex'), '');
    await assert.rejects(upIn(newer), { code: 'DataTooNew' });
    await assert.rejects(upIn(damaged), { code: 'DataUnusable' });
    await assert.rejects(upIn(other), (error: PlatformError) => error.evidence.includes('thesis.tex'));
    assert.equal(await down({ data: other, purge: true }), false);
    assert.deepEqual(await readdir(other), ['thesis.tex']);
    await assert.rejects(upIn(path.join(other, 'thesis.tex')), { code: 'DataUnusable' });
  });

  test('two platforms run side by side; one of them on a database of its own', async () => {
    const database = await testDatabase();
    const [one, two] = [place.data(), place.data()];
    await upIn(one);
    await up({
      data: two,
      port: await freePort(),
      checkout: place.checkout,
      env: { ...env, DATABASE_URL: database.connectionString },
    });
    assert.deepEqual(Object.keys(await pidsOf(one)).toSorted(), ['agent', 'gateway', 'postgres', 'server']);
    assert.deepEqual(Object.keys(await pidsOf(two)).toSorted(), ['agent', 'gateway', 'server']);
    assert.ok((await place.seen(two)).includes('server true false'));
    await down({ data: one });
    assert.ok((await statusOf(two)).processes.every(({ state }) => state === 'running'));
    await down({ data: two });
    // It must not start anew, empty, because a variable was forgotten.
    const forgotten = up({ data: two, checkout: place.checkout, env });
    await assert.rejects(forgotten, (error: PlatformError) => {
      assert.match(error.message, /keeps its data in a PostgreSQL of its own/);
      assert.match(error.next, /DATABASE_URL as before.*config\.yaml/);
      return error.code === 'DataUnusable';
    });
    assert.ok(!(await readdir(two)).includes('postgres'));
    await up({ data: two, checkout: place.checkout, env: { ...env, DATABASE_URL: '' } });
    assert.ok(Object.keys(await pidsOf(two)).includes('postgres'));
    await down({ data: two });
    await database.close();
  });
});
