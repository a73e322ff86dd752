import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { ask, bench, isReady, jsonServer, never } from './testing/bench.ts';

const required = process.env.CAUSEWAY_REQUIRE_ALL === '1';

/** Tries what its query asks for, as JSON: [function of node:fs, …arguments]. */
const curious = jsonServer(`
const answer = ({ url }) => {
  const [name, ...args] = JSON.parse(decodeURIComponent(url.slice(2)) || '["existsSync","/"]');
  if (name === 'env') return process.env;
  if (name === 'ids') return [process.getuid(), process.getgid(), process.getgroups()];
  try { return { ok: fs[name](...args) ?? null }; } catch (error) { return { error: error.code }; }
};
`);

const setUp = async (t: TestContext) => {
  const { place, open, workload, reaches } = await bench(t);
  const runtime = await open();
  if (runtime.isolation === 'none') {
    if (required) assert.fail('workloads cannot be isolated here');
    t.skip('needs root, or bubblewrap (Debian: apt install bubblewrap)');
    return undefined;
  }
  const orders = await workload(curious, { variables: { GREETING: 'hello' } });
  await runtime.start(orders, never);
  const state = await reaches(runtime, orders.id, isReady);
  const query = async (...asked: unknown[]) =>
    JSON.parse(await ask(state.address!, `/?${encodeURIComponent(JSON.stringify(asked))}`));
  return { place, runtime, orders, state, query, workload, reaches };
};

describe('what a workload can see and change', { concurrency: 2 }, () => {
  test('nothing of the platform’s, nothing of other applications', async t => {
    const set = await setUp(t);
    if (!set) return;
    const { place, query, orders, state } = set;
    await mkdir(join(place.data, 'credentials'), { recursive: true });
    const token = join(place.data, 'credentials', 'admin.json');
    await writeFile(token, 'secret', { mode: 0o600 });
    const other = await place.artifact({ 'other.js': '' });
    assert.equal(state.isolated, true);
    for (const path of [
      token,
      join(place.data, 'artifacts', other, 'other.js'),
      join(place.data, 'workloads', orders.id, 'workload.json'),
      `/proc/${process.pid}/environ`,
      '/etc/shadow',
    ]) {
      const { error } = await query('readFileSync', path);
      assert.ok(error === 'ENOENT' || error === 'EACCES', `${path}: ${error}`);
    }
    const { error } = await query('readdirSync', join(place.data, 'artifacts'));
    assert.ok(error === 'ENOENT' || error === 'EACCES', `artifacts: ${error}`);
  });

  test('its home, temporary files and copy of the program are its own, and nothing else is', async t => {
    const set = await setUp(t);
    if (!set) return;
    const { place, query, orders } = set;
    const { HOME } = await query('env');
    assert.deepEqual(await query('writeFileSync', join(HOME, 'note'), 'x'), { ok: null });
    assert.deepEqual(await query('writeFileSync', '/tmp/note', 'x'), { ok: null });
    const own = join(place.data, 'workloads', orders.id);
    assert.equal(await readFile(join(own, 'home', 'note'), 'utf8'), 'x');
    assert.equal(await readFile(join(own, 'tmp', 'note'), 'utf8'), 'x');
    assert.deepEqual(await query('writeFileSync', 'server.js', 'x'), { ok: null });
    assert.equal(await readFile(join(own, 'app', 'server.js'), 'utf8'), 'x');
    const artifact = join(place.data, 'artifacts', orders.artifact, 'server.js');
    assert.equal(await readFile(artifact, 'utf8'), curious, 'the artifact is shared and never changes');
    assert.match((await query('writeFileSync', '/usr/x', 'x')).error, /EROFS|EACCES/);
    assert.deepEqual(await query('writeFileSync', '/dev/stdout', 'by device\n'), { ok: null });
    assert.match(await place.log(orders), /by device/);
  });

  test('its environment is its own', async t => {
    process.env.PLATFORM_SECRET = 'do not tell';
    t.after(() => {
      delete process.env.PLATFORM_SECRET;
    });
    const set = await setUp(t);
    if (!set) return;
    const environment = await set.query('env');
    const { PWD, OLDPWD, SHLVL, _, ...rest } = environment;
    assert.deepEqual(Object.keys(rest).sort(), [
      'CAUSEWAY_WORKLOAD',
      'GREETING',
      'HOME',
      'HOST',
      'LANG',
      'PATH',
      'PORT',
      'TMPDIR',
    ]);
  });

  test('the machine’s own list of mounts does not grow', async t => {
    const set = await setUp(t);
    if (!set) return;
    const known = await readFile('/run/mount/utab', 'utf8').catch(() => '');
    assert.ok(!known.includes(set.orders.id));
  });

  test('a user of its team’s own, without groups', async t => {
    const set = await setUp(t);
    if (!set) return;
    const { runtime, query, workload, reaches } = set;
    if (runtime.isolation === 'bubblewrap') return t.skip('only root can choose another user');
    const [uid, gid, groups] = await query('ids');
    assert.ok(uid > 1000 && uid === gid && groups.every((group: number) => group === gid));
    const other = await workload(curious, { team: 'billing' });
    await runtime.start(other, never);
    const { address } = await reaches(runtime, other.id, isReady);
    const [otherUid] = JSON.parse(await ask(address!, `/?${encodeURIComponent('["ids"]')}`));
    assert.notEqual(otherUid, uid);
  });

  test('dependencies that its program links to are there', async t => {
    const set = await setUp(t);
    if (!set) return;
    const { place, runtime, workload, reaches } = set;
    const module = join(place.data, 'dependencies', 'key', 'node_modules', 'greeting');
    await mkdir(module, { recursive: true });
    await writeFile(join(module, 'index.js'), `module.exports = 'from the cache';`);
    const artifact = await place.artifact(
      { 'server.js': jsonServer(`const answer = () => require('greeting');`) },
      { node_modules: join(place.data, 'dependencies', 'key', 'node_modules'), outside: '/etc' },
    );
    const orders = await workload('', { artifact });
    await runtime.start(orders, never);
    const { address } = await reaches(runtime, orders.id, isReady);
    assert.equal(await ask(address!), '"from the cache"');
  });

  test('a variable for the loader does not reach the programs that set it apart', async t => {
    const set = await setUp(t);
    if (!set) return;
    const { runtime, workload, reaches, place } = set;
    const orders = await workload(jsonServer('const answer = () => process.env.LD_PRELOAD;'), {
      variables: { LD_PRELOAD: '/nowhere.so' },
    });
    await runtime.start(orders, never);
    const { address } = await reaches(runtime, orders.id, isReady);
    assert.equal(await ask(address!), '"/nowhere.so"');
    // The loader complains once a program: only those behind the loss of rights may.
    const complaints = (await place.log(orders)).split('\n').filter(line => line.includes('/nowhere.so'));
    assert.ok(complaints.length >= 1 && complaints.length <= 2, complaints.join('\n'));
  });
});
