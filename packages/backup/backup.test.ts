import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Engine, openDatabase, openEngine, openSnapshot } from '@causeway/engine';
import { isPlatformError, kinds, NamespaceKind, ServiceKind, TeamKind } from '@causeway/model';
import { deleteFolder, importMark } from '@causeway/supervisor';
import {
  outsidePostgresMissing,
  startOutsidePostgres,
  type TestDatabase,
  testDatabase,
} from '@causeway/testkit';
import { auditChainIn } from './archive/audit-chain.ts';
import { describeFolder } from './archive/describe-folder.ts';
import { unpackArchive } from './archive/read-archive.ts';
import { writeArchive } from './archive/write-archive.ts';
import { exportPlatform } from './export/export-platform.ts';
import { importPlatform } from './import/import-platform.ts';

const actor = { user: 'ada', from: 'test' };
const environmentOf = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
});
const gitBeside = async (cwd: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', args, { cwd, env: environmentOf(cwd) })).stdout;
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: environmentOf(cwd),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Every file below a folder with its digest. */
const contentOf = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const digests = files.sort().map(async file => [
    file.slice(folder.length),
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(digests));
};

const rowsOf = async (connectionString: string): Promise<string> => {
  const snapshot = await openSnapshot(connectionString);
  let text = JSON.stringify(snapshot.head);
  for (const table of ['object', 'audit', 'ledger', 'decision_input', 'decision'] as const)
    for await (const row of snapshot.rows(table)) text += `\n${row}`;
  await snapshot.close();
  return text;
};

const decision = {
  id: 'decided',
  at: '2026-01-31T10:00:00.123Z',
  place: 'admission',
  team: 'shop',
  kind: 'Service',
  name: 'orders',
  operation: 'CREATE',
  actor: 'ada',
  allowed: false,
  input: 'digest',
  results: [],
  inputs: [{ digest: 'digest', data: '{"text":"“\\u001e”"}', redacted: true }],
};

describe('a platform is exported and imported', () => {
  let place: string;
  let data: string;
  let database: TestDatabase;
  let engine: Engine;
  const targets: TestDatabase[] = [];
  const env = {};

  /** A folder in which nothing was ever started, with a database of its own. */
  const target = async (name: string): Promise<{ data: string; url: string }> => {
    const own = await testDatabase();
    targets.push(own);
    const folder = join(place, name);
    await mkdir(folder);
    await writeFile(join(folder, 'config.yaml'), `database:\n  url: ${own.connectionString}\n`);
    return { data: folder, url: own.connectionString };
  };

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'causeway-backup-'));
    data = join(place, 'data');
    database = await testDatabase();
    for (const folder of ['run', 'keys', 'credentials', 'logs', 'repositories/shop'])
      await mkdir(join(data, folder), { recursive: true, mode: 0o700 });
    await writeFile(join(data, 'format'), '1\n');
    await writeFile(
      join(data, 'config.yaml'),
      `# ours\ndomain: example.com\ndatabase:\n  url: ${database.connectionString}\n`,
    );
    await writeFile(join(data, 'keys', 'ca.key'), 'a key', { mode: 0o600 });
    await writeFile(join(data, 'credentials', 'agent.token'), 'a token\n', { mode: 0o600 });
    await writeFile(join(data, 'credentials', 'user.json'), '{"server":"http://elsewhere"}', { mode: 0o600 });
    const bare = join(data, 'repositories', 'shop', 'orders.git');
    git(place, 'init', '-q', '--template=', '--bare', '-b', 'main', bare);
    git(bare, 'config', 'core.logAllRefUpdates', 'true');
    const clone = join(place, 'clone');
    git(place, 'clone', '-q', bare, clone);
    for (const text of ['one', 'two']) {
      await writeFile(join(clone, 'file'), text);
      git(clone, 'add', '.');
      git(clone, 'commit', '-q', '-m', text);
      git(clone, 'push', '-q', 'origin', 'HEAD:main');
    }
    engine = await openEngine({ database: openDatabase(database.connectionString), kinds, log: () => {} });
    const { store } = engine;
    await store.create(NamespaceKind, { metadata: { name: 'shop' } }, actor);
    await store.create(TeamKind, { metadata: { name: 'shop' }, spec: { members: [] } }, actor);
    const key = { namespace: 'shop', name: 'orders' };
    const description = 'naïve “text” \u{1f600}\\u0041 \u2028 </script> \t';
    await store.create(ServiceKind, { metadata: key, spec: { description } }, actor);
    await store.mutate(
      ServiceKind,
      key,
      service => ({ ...service, status: { cloneUrl: 'http://127.0.0.1:1/git/shop/orders.git' } }),
      actor,
      { subresource: 'status' },
    );
    await engine.ledger.append({
      id: 'a',
      at: '2026-01-31T10:00:00.123Z',
      type: 'push.received',
      team: 'shop',
      service: 'orders',
      actor: 'ada',
      data: { n: 2 ** 53 - 1, text: '"\\' },
    });
    await engine.decisions.append(decision);
  });
  after(async () => {
    await engine.close();
    await database.close();
    for (const one of targets) await one.close();
    await deleteFolder(place);
  });

  test('[OPS6] while it runs: the same to the byte, and the archive for its owner alone', async () => {
    const file = join(place, 'all.tar.zst');
    const exported = await exportPlatform({ data, file, version: '1.2.3', env });
    assert.equal(exported.repositories, 1);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(data, 'run')), [], 'nothing is left of it');
    const { data: folder, url } = await target('same');
    const imported = await importPlatform({ data: folder, file, env });
    assert.deepEqual([imported.revision, imported.database], [exported.revision, 'external']);
    assert.equal(await rowsOf(url), await rowsOf(database.connectionString));
    for (const part of ['repositories', 'keys'])
      assert.deepEqual(await contentOf(join(folder, part)), await contentOf(join(data, part)), part);
    assert.deepEqual(await readdir(join(folder, 'credentials')), ['agent.token']);
    assert.equal((await stat(join(folder, 'keys', 'ca.key'))).mode & 0o777, 0o600);
    assert.match(await readFile(join(folder, 'config.yaml'), 'utf8'), /url:/, 'what was prepared stays');
    assert.deepEqual((await readdir(folder)).sort(), [
      'config.yaml',
      'credentials',
      'format',
      'keys',
      'repositories',
    ]);
    git(join(folder, 'repositories', 'shop', 'orders.git'), 'fsck', '--strict');

    const again = join(place, 'again.tar.zst');
    await exportPlatform({ data: folder, file: again, version: '1.2.3', env });
    const next = await openEngine({ database: openDatabase(url), kinds, log: () => {} });
    assert.deepEqual(await next.verifyAudit(), { records: 3 });
    const { metadata } = await next.store.create(
      ServiceKind,
      { metadata: { namespace: 'shop', name: 'next' } },
      actor,
    );
    assert.equal(metadata.resourceVersion, String(exported.revision + 1), 'revisions go on');
    await next.ledger.append({
      id: 'b',
      at: '2026-01-31T10:00:00Z',
      type: 'x',
      team: '',
      service: '',
      actor: '',
    });
    assert.deepEqual(await next.verifyAudit(), { records: 4 });
    await next.decisions.append({ ...decision, id: 'after' });
    const decided = await next.decisions.read({ limit: 10 });
    assert.deepEqual(
      decided.map(({ id }) => id),
      ['after', 'decided'],
    );
    await next.close();
  });

  test('to another major version of PostgreSQL and back', {
    skip: outsidePostgresMissing(15),
  }, async context => {
    const outside = await startOutsidePostgres(15);
    context.after(() => outside.close());
    const file = join(place, 'from-18.tar.zst');
    const back = join(place, 'from-15.tar.zst');
    await exportPlatform({ data, file, version: '1.2.3', env });
    const folder = join(place, 'on-15');
    await importPlatform({ data: folder, file, env: { DATABASE_URL: outside.url } });
    assert.equal(await rowsOf(outside.url), await rowsOf(database.connectionString));
    const engine15 = await openEngine({ database: openDatabase(outside.url), kinds, log: () => {} });
    await engine15.store.mutate(
      ServiceKind,
      { namespace: 'shop', name: 'orders' },
      service => ({ ...service, spec: { ...service.spec, description: 'on 15' } }),
      actor,
    );
    assert.deepEqual(await engine15.verifyAudit(), { records: 4 });
    await engine15.close();
    await exportPlatform({ data: folder, file: back, version: '1.2.3', env: { DATABASE_URL: outside.url } });
    const { data: home, url } = await target('back');
    await importPlatform({ data: home, file: back, env });
    assert.equal(await rowsOf(url), await rowsOf(outside.url));
    assert.deepEqual(await auditChainIn(back), { records: 4 });
  });

  test('[ENG8] the audit of an archive is verified without a server; what was changed in it is named', async () => {
    const file = join(place, 'all.tar.zst');
    assert.deepEqual(await auditChainIn(file), { records: 3 });
    const folder = join(place, 'forged');
    await mkdir(folder);
    const manifest = await unpackArchive(file, folder, () => {});
    const rows = join(folder, 'database', 'audit.jsonl');
    await writeFile(rows, (await readFile(rows, 'utf8')).replace('ada', 'eve'));
    const forged = join(place, 'forged.tar.zst');
    await writeArchive(forged, folder, { ...manifest, members: await describeFolder(folder) });
    assert.equal((await auditChainIn(forged)).brokenAt, 1);
  });

  test('the archive’s configuration is taken where none is, without the old database', async () => {
    const file = join(place, 'configuration.tar.zst');
    await exportPlatform({ data, file, version: '1.2.3', env });
    const own = await testDatabase();
    targets.push(own);
    const folder = join(place, 'configured');
    const imported = await importPlatform({
      data: folder,
      file,
      env: { DATABASE_URL: own.connectionString },
    });
    assert.equal(imported.configuration, true);
    assert.equal(await readFile(join(folder, 'config.yaml'), 'utf8'), '# ours\ndomain: example.com\n');
  });

  test('while writes and pushes go on, every repository holds what the resources name', async () => {
    const clone = join(place, 'clone');
    const { store } = engine;
    const key = { namespace: 'shop', name: 'orders' };
    let stop = false;
    let pushed = 0;
    const busy = (async () => {
      while (!stop) {
        pushed += 1;
        await writeFile(join(clone, 'file'), `push ${pushed}`);
        await gitBeside(clone, 'commit', '-q', '-a', '-m', `push ${pushed}`);
        await gitBeside(clone, 'push', '-q', 'origin', 'HEAD:main');
        if (pushed % 5 === 0)
          await gitBeside(join(data, 'repositories', 'shop', 'orders.git'), 'repack', '-a', '-d', '-q');
        const commit = (await gitBeside(clone, 'rev-parse', 'HEAD')).trim();
        await store.mutate(
          ServiceKind,
          key,
          now => ({ ...now, spec: { ...now.spec, description: commit } }),
          actor,
        );
      }
    })();
    const files: string[] = [];
    for (let round = 0; round < 3; round++) {
      const file = join(place, `busy-${round}.tar.zst`);
      await exportPlatform({ data, file, version: '1.2.3', env });
      files.push(file);
    }
    stop = true;
    await busy;
    const { data: folder, url } = await target('busy');
    await importPlatform({ data: folder, file: files.at(-1)!, env });
    const bare = join(folder, 'repositories', 'shop', 'orders.git');
    const next = await openEngine({ database: openDatabase(url), kinds, log: () => {} });
    const { spec } = await next.store.get(ServiceKind, key);
    await next.close();
    assert.equal(git(bare, 'cat-file', '-t', spec.description!).trim(), 'commit');
    git(bare, 'merge-base', '--is-ancestor', spec.description!, 'main');
    git(bare, 'fsck', '--strict');
    const log = await readFile(join(bare, 'logs', 'refs', 'heads', 'main'), 'utf8');
    assert.ok(log.includes(spec.description!), 'the reflog is the record that counts');
  });

  test('with what builds made: links lead into the new folder, what is read-only stays so', async () => {
    const digest = 'a'.repeat(64);
    const artifact = join(data, 'artifacts', digest);
    await mkdir(join(data, 'dependencies', 'key'), { recursive: true });
    await mkdir(artifact, { recursive: true });
    await writeFile(join(data, 'dependencies', 'key', 'module.js'), 'x');
    await writeFile(join(artifact, 'server.js'), 'x', { mode: 0o555 });
    await symlink(join(data, 'dependencies', 'key'), join(artifact, 'node_modules'));
    await chmod(artifact, 0o555);
    const file = join(place, 'built.tar.zst');
    await exportPlatform({ data, file, withArtifacts: true, version: '1.2.3', env });
    const { data: folder } = await target('built');
    assert.equal((await importPlatform({ data: folder, file, env })).artifacts, true);
    const there = join(folder, 'artifacts', digest);
    assert.equal((await stat(there)).mode & 0o777, 0o555);
    assert.equal((await stat(join(there, 'server.js'))).mode & 0o777, 0o555);
    assert.equal(await readFile(join(there, 'node_modules', 'module.js'), 'utf8'), 'x');
    await rm(join(folder, 'dependencies'), { recursive: true });
    await assert.rejects(readFile(join(there, 'node_modules', 'module.js')), 'it led into the new folder');
  });

  test('only into a folder and a database that hold no platform, in words', async () => {
    const file = join(place, 'all.tar.zst');
    await assert.rejects(
      importPlatform({ data, file, env }),
      error => isPlatformError(error, 'DataUnusable') && /folder of a platform already/.test(error.message),
    );
    const folder = join(place, 'filled');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), '');
    await assert.rejects(importPlatform({ data: folder, file, env }), /is not empty/);
    assert.deepEqual(await readdir(folder), ['thesis.txt']);
    const elsewhere = join(place, 'elsewhere');
    await assert.rejects(
      importPlatform({ data: elsewhere, file, env: { DATABASE_URL: database.connectionString } }),
      error => isPlatformError(error, 'Conflict') && /database is not empty/.test(error.message),
    );
    assert.deepEqual(await readdir(elsewhere), [], 'it is undone');
    await assert.rejects(exportPlatform({ data, file, version: '1', env }), /is there already/);
  });

  test('an archive that was changed, cut short or is none is refused, and leaves nothing', async () => {
    const whole = await readFile(join(place, 'all.tar.zst'));
    const changed = Buffer.from(whole);
    changed[changed.length - 2000]! ^= 1;
    const cases: [string, Buffer][] = [
      ['changed', changed],
      ['short', whole.subarray(0, whole.length - 500)],
      ['empty', Buffer.alloc(0)],
      ['text', Buffer.from('not an archive')],
    ];
    for (const [name, content] of cases) {
      const file = join(place, `${name}.tar.zst`);
      await writeFile(file, content);
      const folder = join(place, `from-${name}`);
      await assert.rejects(
        importPlatform({ data: folder, file, env }),
        error => isPlatformError(error, 'Invalid'),
        name,
      );
      assert.deepEqual(await readdir(folder), [], name);
    }
  });

  test('[OPS6] an import that was killed begins again; until then the folder is refused', async () => {
    const file = join(place, 'all.tar.zst');
    const { data: folder, url } = await target('killed');
    // What kill -9 leaves at the worst moment: the database is filled, the files are half in place.
    await importPlatform({ data: folder, file, env });
    await rm(join(folder, 'format'));
    await rm(join(folder, 'keys'), { recursive: true });
    await writeFile(join(folder, importMark), JSON.stringify({ pid: 1, start: 'gone' }));
    await cp(join(folder, 'repositories'), join(folder, 'unpacked', 'repositories'), { recursive: true });
    const { up } = await import('@causeway/supervisor');
    await assert.rejects(up({ data: folder, env: {} }), /was interrupted/);
    await importPlatform({ data: folder, file, env });
    assert.deepEqual((await readdir(folder)).sort(), [
      'config.yaml',
      'credentials',
      'format',
      'keys',
      'repositories',
    ]);
    assert.ok((await rowsOf(url)).includes('"orders"'));
  });
});
