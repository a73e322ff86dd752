import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Build } from '@causeway/model';
import { findProgram, searchPath } from './search-path.ts';
import { BareRepository } from './testing/bare-repository.ts';
import { BuildMachine, stepOf } from './testing/build-machine.ts';

/** Why a test cannot run here; with CAUSEWAY_REQUIRE_ALL=1 it runs and fails instead. */
const unless = (program: string, args: string[], advice: string): string | false =>
  process.env.CAUSEWAY_REQUIRE_ALL !== '1' &&
  spawnSync(program, args, { stdio: 'ignore' }).status !== 0 &&
  `needs ${advice}`;
const noNpm = unless('npm', ['--version'], 'npm (https://nodejs.org)');
/** Builds of root run as another user, who must reach it. */
const python = findProgram(
  'python3',
  searchPath(process.env.PATH ?? '', process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined),
);
const noPython = unless(
  python ?? 'python3',
  ['-c', 'import venv, ensurepip'],
  'python3 with venv (Debian: apt install python3-venv)',
);
const noGo = unless('go', ['version'], 'go (https://go.dev/doc/install)');

const succeeded = (machine: BuildMachine, build: Build): Build => {
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  return build;
};

/** Runs something in an artifact as its replicas would. */
const inArtifact = (machine: BuildMachine, build: Build, program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: machine.artifact(build), encoding: 'utf8' });

test('npm: installs once; an unchanged lockfile installs nothing; a failing install says why', {
  skip: noNpm,
}, async t => {
  const machine = new BuildMachine(t);
  const { repository } = machine;
  const dependencies = { 'is-number': '7.0.0' };
  const root = { name: 'shop', version: '1.0.0', dependencies };
  const integrity =
    'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==';
  const lock = {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': root, 'node_modules/is-number': { version: '7.0.0', integrity } },
  };
  const manifest = {
    ...root,
    scripts: { start: 'node server.js', test: 'node -e "require(\'is-number\')"' },
  };
  const files = {
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify(lock),
    'server.js': '',
  };

  const first = succeeded(machine, await machine.run({ commit: repository.commit(files) }));
  assert.equal(stepOf(first, 'install')?.message, 'Installed');
  assert.match(machine.log(first), /==> install: npm ci\n[\s\S]*added 1 package/);
  assert.equal(inArtifact(machine, first, 'node', '-p', "require('is-number')(7)"), 'true\n');

  const changed = { ...manifest, scripts: { ...manifest.scripts, start: 'node server.js --fast' } };
  const second = succeeded(
    machine,
    await machine.run({
      commit: repository.commit({ 'package.json': JSON.stringify(changed), 'server.js': '//' }),
    }),
  );
  assert.equal(stepOf(second, 'install')?.message, 'Unchanged: installed before');
  assert.doesNotMatch(machine.log(second), /added 1 package/);
  assert.equal(
    readlinkSync(join(machine.artifact(second), 'node_modules')),
    readlinkSync(join(machine.artifact(first), 'node_modules')),
  );

  const broken = { ...root, dependencies: { 'is-number': '8.1.9' } };
  const failed = await machine.run({ commit: repository.commit({ 'package.json': JSON.stringify(broken) }) });
  assert.equal(failed.status?.failure?.code, 'InstallFailed');
  assert.match(failed.status.failure.evidence.join('\n'), /No matching version found for is-number@8\.1\.9/);
});

test('npm: two builds that want the same dependencies at once install them once', {
  skip: noNpm,
}, async t => {
  const machine = new BuildMachine(t);
  const files = {
    'package.json': JSON.stringify({ dependencies: { 'is-number': '7.0.0' } }),
    'server.js': '',
  };
  const builds = [machine.repository, new BareRepository(machine.data, 'shop', 'web')].map((repository, at) =>
    machine.platform.addBuild({ service: ['api', 'web'][at]!, commit: repository.commit(files) }),
  );
  const ends = await Promise.all(builds.map(build => machine.over(build)));
  for (const build of ends) succeeded(machine, build);
  const messages = ends.map(build => stepOf(build, 'install')?.message).sort();
  assert.deepEqual(messages, ['Installed', 'Unchanged: installed before']);
});

test('pip: a virtual environment made once, with its programs on the PATH', {
  skip: noPython,
}, async t => {
  const machine = new BuildMachine(t);
  const files = {
    'requirements.txt': 'iniconfig==2.0.0\n',
    'app.py': 'import iniconfig\nprint("ok", iniconfig.__name__)\n',
  };
  const settings = { test: { command: 'python app.py' } };
  const first = succeeded(machine, await machine.run({ commit: machine.repository.commit(files), settings }));
  assert.match(machine.log(first), /ok iniconfig/);
  assert.deepEqual(first.status?.artifact?.processes, { web: 'python app.py' });
  assert.match(inArtifact(machine, first, '.venv/bin/python', 'app.py'), /^ok/);
  assert.match(inArtifact(machine, first, '.venv/bin/pip', '--version'), /^pip/);
  const second = succeeded(
    machine,
    await machine.run({ commit: machine.repository.commit({ 'app.py': 'import iniconfig' }), settings }),
  );
  assert.equal(stepOf(second, 'install')?.message, 'Unchanged: installed before');

  const failed = await machine.run({
    commit: machine.repository.commit({ 'requirements.txt': 'iniconfig==99.0\n' }),
    settings,
  });
  assert.equal(failed.status?.failure?.code, 'InstallFailed');
  assert.match(
    failed.status.failure.evidence.join('\n'),
    /No matching distribution found for iniconfig==99\.0/,
  );
  const dependencies = readdirSync(join(machine.data, 'dependencies')).filter(name =>
    /^[0-9a-f]{64}$/.test(name),
  );
  assert.equal(dependencies.length, 1, 'a failed installation leaves nothing');
});

/** Go compiles its standard library once a cache: half a minute. One that is kept between runs of this file spares that. */
const keptGoCache = fileURLToPath(new URL('../../../node_modules/.cache/causeway-test-go', import.meta.url));
const goCacheOf = (machine: BuildMachine): string =>
  join(machine.data, 'dependencies', 'caches', 'shop', 'go-build');
const copyFolder = (from: string, to: string): void => {
  try {
    mkdirSync(dirname(to), { recursive: true });
    execFileSync('cp', ['-R', '--', from, to], { stdio: 'ignore' });
    execFileSync('chmod', ['-R', 'a+rwX', '--', to]);
  } catch {
    // Then it takes its time.
  }
};

test('go: builds the program, runs its tests, says why a build fails', { skip: noGo }, async t => {
  const machine = new BuildMachine(t);
  if (existsSync(keptGoCache)) copyFolder(keptGoCache, goCacheOf(machine));
  const files = {
    'go.mod': 'module example.com/shop\n\ngo 1.22\n',
    'cmd/api/main.go': 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("served") }\n',
    'price/price.go': 'package price\n\nfunc Of(n int) int { return n * 2 }\n',
    'price/price_test.go':
      'package price\n\nimport "testing"\n\nfunc TestOf(t *testing.T) {\n\tif Of(2) != 4 {\n\t\tt.Fatal("no")\n\t}\n}\n',
  };
  const build = succeeded(machine, await machine.run({ commit: machine.repository.commit(files) }));
  assert.deepEqual(build.status?.artifact?.processes, { web: 'bin/api' });
  assert.match(machine.log(build), /ok\s+example\.com\/shop\/price/);
  assert.equal(inArtifact(machine, build, 'bin/api'), 'served\n');

  const failed = await machine.run({
    commit: machine.repository.commit({
      'price/price.go': 'package price\n\nfunc Of(n int) int { return n + 1 }\n',
    }),
  });
  assert.equal(failed.status?.failure?.code, 'TestsFailed');
  assert.match(failed.status.failure.evidence.join('\n'), /--- FAIL: TestOf/);
  const broken = await machine.run({
    commit: machine.repository.commit({ 'cmd/api/main.go': 'package main\n\nfunc main() { nonsense }\n' }),
  });
  assert.equal(broken.status?.failure?.code, 'BuildFailed');
  assert.match(broken.status.failure.evidence.join('\n'), /undefined: nonsense/);
  if (!existsSync(keptGoCache)) copyFolder(goCacheOf(machine), keptGoCache);
});

test('a tool that this machine lacks is named, with how to get it', async t => {
  const machine = new BuildMachine(t, { environment: { PATH: '/nowhere' } });
  const build = await machine.run({
    commit: machine.repository.commit({ 'go.mod': 'module a', 'main.go': 'package main' }),
  });
  assert.equal(build.status?.failure?.code, 'ToolMissing');
  assert.match(build.status.failure.message, /^go is not installed/);
  assert.match(build.status.failure.next, /https:\/\/go\.dev\/doc\/install/);
  assert.ok(!existsSync(join(machine.data, 'dependencies', 'caches')));
});
