import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, freePorts, get, type Platform, root, run, startPlatform, until } from './harness.ts';

describe('a platform moves: export, import elsewhere', () => {
  let platform: Platform;
  let clone: string;
  let data: string;
  let port: number;
  let file: string;
  let env: Record<string, string>;

  before(async () => {
    platform = await startPlatform();
    data = join(platform.folder, 'moved');
    file = join(platform.folder, 'all.tar.zst');
    port = await freePorts();
    env = { ...platform.env, CAUSEWAY_HOME: data };
    await platform.cli('create', 'service', '--name', 'moving', '--template', 'empty');
    clone = await platform.clone('moving', {});
    const pushed = await platform.push(clone, bareServer('before the move'));
    assert.equal(pushed.code, 0, pushed.stderr);
  });
  after(async () => {
    await run(join(root, 'platform'), ['down', '--purge', '--yes', '--data', data], { env });
    await platform?.down();
  });

  const moved = (...args: string[]) => run(join(root, 'platform'), args, { cwd: platform.folder, env });
  const ok = async (ran: Promise<{ code: number; stdout: string; stderr: string }>): Promise<string> => {
    const { code, stdout, stderr } = await ran;
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  const objects = async (kind: string): Promise<string> => ok(platform.cli('get', kind, '-A', '-o', 'json'));

  test('looked after by its commands while it runs', async () => {
    const verified = JSON.parse(await ok(platform.cli('admin', 'verify', '-o', 'json')));
    assert.deepEqual(
      verified.map(({ check, findings }: { check: string; findings: string[] }) => [check, findings]),
      ['audit', 'revisions', 'objects', 'history', 'repositories', 'artifacts'].map(check => [check, []]),
    );
    assert.match(await ok(platform.cli('admin', 'stats')), /services\.causeway\.dev +1 /);
    assert.match(
      await ok(platform.cli('audit', 'list', '--kind', 'service')),
      /create +services default\/moving/,
    );
    assert.match(await ok(platform.cli('audit', 'verify')), /All \d+ audit records are as they were written/);
    const { health } = JSON.parse(await ok(platform.cli('status', '-o', 'json')));
    const names = health.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
    for (const name of ['database', 'cache', 'controllers', 'audit', 'certificates', 'disk'])
      assert.ok(names.includes(`${name} ok`), names.join());
    const token = (await readFile(join(platform.data, 'credentials', 'metrics.token'), 'utf8')).trim();
    const answer = await fetch(`http://127.0.0.1:${platform.port}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.match(await answer.text(), /^causeway_engine_objects\{kind="services\.causeway\.dev"\} 1$/m);
    assert.equal((await get(platform.port, '127.0.0.1', '/metrics')).status, 401);
  });

  test('[OPS6] everything is there again at another place and port, and works', async () => {
    await ok(platform.cli('export', file, '--with-artifacts'));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(await ok(platform.cli('audit', 'verify', '--archive', file)), /All \d+ audit records/);
    assert.equal((await platform.visit('moving.localhost')).body, 'before the move', 'it runs meanwhile');
    const teams = JSON.parse(await objects('teams'));
    const release = JSON.parse(await objects('releases'));

    const refused = await platform.cli('import', file, '--data', platform.data);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is the folder of a platform already/);
    assert.match(await ok(moved('import', file, '--data', data)), /holds the platform as it was at/);
    await ok(moved('up', '--detach', '--port', String(port)));
    assert.deepEqual(JSON.parse(await ok(moved('get', 'teams', '-A', '-o', 'json'))).items, teams.items);
    assert.deepEqual(JSON.parse(await ok(moved('get', 'releases', '-A', '-o', 'json'))).items, release.items);
    assert.match(await ok(moved('audit', 'verify')), /All \d+ audit records/);
    const visit = () => get(port + 10, 'moving.localhost').catch(() => undefined);
    await until(
      'the service to answer at the new place',
      async () => (await visit())?.body === 'before the move',
    );
    assert.equal((await platform.visit('moving.localhost')).body, 'before the move', 'the old one goes on');

    const admin = JSON.parse(await readFile(join(data, 'credentials', 'admin.json'), 'utf8'));
    const url = `http://${admin.user}:${admin.token}@127.0.0.1:${port}/git/default/moving.git`;
    await ok(platform.git(clone, 'remote', 'set-url', 'origin', url));
    const pushed = await platform.push(clone, bareServer('after the move'));
    assert.equal(pushed.code, 0, pushed.stderr);
    await until('what was pushed to serve', async () => (await visit())?.body === 'after the move');
    const verified = JSON.parse(await ok(moved('admin', 'verify', '-o', 'json')));
    assert.deepEqual(
      verified.flatMap(({ findings }: { findings: string[] }) => findings),
      [],
    );
  });

  test('a stopped platform is exported too, and stays stopped', async () => {
    await ok(moved('down'));
    const again = join(platform.folder, 'stopped.tar.zst');
    await ok(moved('export', again));
    assert.ok((await stat(again)).size > 0);
    assert.equal((await moved('status')).code, 3);
    const files = await readdir(join(data, 'postgres'), { recursive: true });
    assert.ok(
      !files.some(file => file.endsWith('postmaster.pid')),
      'its PostgreSQL ran for the export alone',
    );
  });

  test('[OPS6] an import that is killed: `up` refuses the folder, the same import begins again', async () => {
    const folder = join(platform.folder, 'killed');
    const child = spawn(join(root, 'platform'), ['import', file, '--data', folder], {
      cwd: platform.folder,
      env: { ...process.env, ...env },
      detached: true,
      stdio: 'ignore',
    });
    const gone = new Promise(resolve => child.once('exit', resolve));
    await until('the import to make its database', async () =>
      readdir(join(folder, 'postgres')).then(
        names => names.length > 0,
        () => false,
      ),
    );
    process.kill(-child.pid!, 'SIGKILL');
    await gone;
    const refused = await moved('up', '--detach', '--data', folder, '--port', String(await freePorts()));
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /An import into .* was interrupted/);
    await ok(moved('import', file, '--data', folder));
    const names = await readdir(folder);
    assert.ok(names.includes('format') && names.includes('repositories'), names.join());
    assert.ok(!names.includes('importing') && !names.includes('unpacked'), names.join());
    await ok(moved('export', join(platform.folder, 'killed.tar.zst'), '--data', folder));
  });
});
