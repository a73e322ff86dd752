import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { BareRepository } from './testing/bare-repository.ts';
import { BuildMachine, stepOf } from './testing/build-machine.ts';

const server = "require('node:http').createServer((_, r) => r.end('ok')).listen(process.env.PORT);\n";
const isRoot = process.getuid?.() === 0;

test('a bare server.js becomes an artifact: the tree itself, read-only, with one write of the status', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server, 'lib/a.js': '' });
  const build = await machine.run({ commit });

  assert.equal(build.status?.phase, 'Succeeded');
  assert.equal(build.status.agent, 'local');
  assert.deepEqual(
    build.status.steps?.map(({ name, state, message }) => [name, state, message]),
    [
      ['checkout', 'Succeeded', '2 files'],
      ['detect', 'Succeeded', `Node.js ${process.versions.node} (server.js)`],
      ['install', 'Skipped', 'Nothing to install'],
      ['build', 'Skipped', 'No build command'],
      ['test', 'Skipped', 'No tests found'],
      ['package', 'Succeeded', `Artifact ${build.status.artifact?.digest.slice(0, 12)}`],
    ],
  );
  assert.ok(build.status.steps?.every(step => step.startedAt && step.finishedAt));
  assert.deepEqual(build.status.artifact?.processes, { web: 'node server.js' });
  const artifact = machine.artifact(build);
  assert.deepEqual(readdirSync(artifact).sort(), ['lib', 'server.js']);
  assert.equal(readFileSync(join(artifact, 'server.js'), 'utf8'), server);
  assert.equal(statSync(join(artifact, 'server.js')).mode & (isRoot ? 0o022 : 0o222), 0);
  if (isRoot) assert.equal(statSync(artifact).mode & 0o777, 0o750);
  assert.ok(machine.platform.writes <= 2, `${machine.platform.writes} writes`);
  await until('the working folder to go', () => readdirSync(join(machine.data, 'builds')).length === 0);
  assert.match(
    machine.log(build),
    /^==> checkout: \w{12}\n==> detect: Node.js .* \(server.js\)\n==> package: Artifact \w{12}\n$/,
  );
});

test('the same content is kept once; another commit of it uses it again', async t => {
  const machine = new BuildMachine(t);
  const first = await machine.run({ commit: machine.repository.commit({ 'server.js': server }) });
  const other = await machine.run({ commit: machine.repository.commit({ 'server.js': `${server}//\n` }) });
  const back = await machine.run({ commit: machine.repository.commit({ 'server.js': server }) });
  assert.notEqual(other.status?.artifact?.digest, first.status?.artifact?.digest);
  assert.equal(back.status?.artifact?.digest, first.status?.artifact?.digest);
  assert.match(stepOf(back, 'package')?.message ?? '', /^Unchanged/);
});

test('teams share nothing, and cannot enter what is another’s', {
  skip: isRoot ? false : 'needs root',
}, async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const ours = await machine.run({ commit });
  const theirs = await machine.run({
    team: 'other',
    commit: new BareRepository(machine.data, 'other').commit({ 'server.js': server }),
  });
  assert.notEqual(machine.artifact(ours), machine.artifact(theirs));
  assert.notEqual(statSync(machine.artifact(ours)).gid, statSync(machine.artifact(theirs)).gid);
});

test('a build command runs unprivileged, its output is part of the artifact, and nobody may change it', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({
    Procfile: 'web: ./run\nrelease: ./migrate',
    'a.txt': 'a',
  });
  const settings = {
    build: 'mkdir out && cat a.txt >out/b.txt && id -u >out/uid && touch run && chmod +x run && umask',
  };
  const build = await machine.run({ commit, settings });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  const artifact = machine.artifact(build);
  assert.equal(readFileSync(join(artifact, 'out', 'b.txt'), 'utf8'), 'a');
  if (isRoot) assert.notEqual(readFileSync(join(artifact, 'out', 'uid'), 'utf8').trim(), '0');
  const run = lstatSync(join(artifact, 'run'));
  assert.equal(run.mode & 0o222, 0);
  assert.equal(run.uid, process.getuid?.());
  assert.equal(build.status?.artifact?.release, './migrate');
  const again = await machine.run({ commit, settings });
  assert.equal(again.status?.artifact?.digest, build.status?.artifact?.digest);
});

test('tests run before a release and leave nothing in it', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({
    'server.js': server,
    'package.json': JSON.stringify({
      scripts: { start: 'node server.js', test: 'echo $NODE_ENV >left && node --test' },
    }),
    'a.test.js': "require('node:test')('a', () => {});",
  });
  const build = await machine.run({ commit });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  assert.equal(stepOf(build, 'test')?.message, 'Passed');
  assert.match(machine.log(build), /pass 1/);
  assert.ok(!existsSync(join(machine.artifact(build), 'left')));

  const off = await machine.run({ commit, settings: { test: { enabled: false } } });
  assert.deepEqual(
    [stepOf(off, 'test')?.state, stepOf(off, 'test')?.message],
    ['Skipped', 'Switched off (spec.build.test.enabled)'],
  );
});

test('a folder of the repository is the application; a missing one is named', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'services/api/server.js': server, 'README.md': '' });
  const build = await machine.run({ commit, settings: { directory: './services/api/' } });
  assert.deepEqual(readdirSync(machine.artifact(build)), ['server.js']);
  const missing = await machine.run({ commit, settings: { directory: 'nowhere' } });
  assert.equal(missing.status?.failure?.code, 'NothingToBuild');
  assert.match(missing.status.failure.message, /no folder "nowhere"/);
});

test('a static site brings its server', async t => {
  const machine = new BuildMachine(t);
  const build = await machine.run({ commit: machine.repository.commit({ 'index.html': '<h1>hi</h1>' }) });
  assert.equal(build.status?.artifact?.builder, 'static');
  assert.ok(existsSync(join(machine.artifact(build), '.causeway', 'static-server.mjs')));
});
