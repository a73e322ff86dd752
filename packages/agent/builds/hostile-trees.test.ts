import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildMachine } from './testing/build-machine.ts';

const server = '';
const odd = [
  'a;touch hacked',
  '$(touch hacked)',
  '`touch hacked`',
  'a\nb',
  '-rf',
  '--help',
  '\'q"',
  'ünï',
  ' ',
  '*',
  'a\\b',
  '%s',
];

test('odd file names are names and nothing else, also where everything is installed, built and tested', async t => {
  const machine = new BuildMachine(t);
  const files = Object.fromEntries(
    odd.flatMap(name => [
      [name, name],
      [`${name}.d/${name}`, ''],
    ]),
  );
  const manifest = {
    scripts: { start: 'node server.js', postinstall: 'true', test: 'true' },
    dependencies: {},
    workspaces: [],
  };
  const commit = machine.repository.commit({
    ...files,
    'server.js': server,
    'package.json': JSON.stringify(manifest),
  });
  const build = await machine.run({
    commit,
    settings: { build: 'touch built', install: 'mkdir node_modules' },
  });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  const artifact = machine.artifact(build);
  for (const name of odd) assert.equal(readFileSync(join(artifact, name), 'utf8'), name);
  // The build's own folder may be going while find looks: what it complains of then does not matter here.
  const { stdout } = spawnSync('find', [machine.data, '-name', 'hacked*'], { encoding: 'utf8' });
  assert.equal(stdout, '');
});

test('links that lead out are refused, and what they lead to is not touched', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({
    'server.js': server,
    deep: { link: 'x' },
    'x/out': { link: '../../../../etc' },
  });
  const build = await machine.run({ commit });
  assert.equal(build.status?.failure?.code, 'UnsafeTree');
  assert.match(build.status.failure.message, /"x\/out" leads out/);
  assert.deepEqual(build.status.failure.evidence, ['"x/out" → "../../../../etc"']);
  assert.equal(build.status.steps?.at(-1)?.name, 'checkout');
});

test('a manifest that is a link is not read, and links inside stay links', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({
    'server.js': server,
    'package.json': { link: 'real.json' },
    'real.json': '{broken',
  });
  const build = await machine.run({ commit });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
});

test('a submodule is refused', async t => {
  const machine = new BuildMachine(t);
  machine.repository.commit({ 'server.js': server });
  const build = await machine.run({ commit: machine.repository.commitSubmodule('lib/theirs') });
  assert.equal(build.status?.failure?.code, 'UnsafeTree');
  assert.match(build.status.failure.message, /submodule at "lib\/theirs"/);
});

test('neither filters, hooks nor LFS pointers of the repository run anything', async t => {
  const machine = new BuildMachine(t);
  const attributes = '* filter=lfs diff=lfs\n*.txt filter=evil ident\n';
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
  const commit = machine.repository.commit({
    '.gitattributes': attributes,
    'big.bin': pointer,
    'a.txt': 'a',
    'index.html': '',
  });
  const build = await machine.run({ commit });
  assert.equal(readFileSync(join(machine.artifact(build), 'big.bin'), 'utf8'), pointer);
});

test('what the platform adds does not go where a commit leads it', async t => {
  const machine = new BuildMachine(t);
  const link = await machine.run({
    commit: machine.repository.commit({ 'index.html': '', '.causeway': { link: 'x' } }),
  });
  assert.equal(link.status?.failure?.code, 'UnsafeTree');
  const commit = machine.repository.commit({
    '.causeway': null,
    '.causeway/static-server.mjs': { link: '../index.html' },
  });
  const build = await machine.run({ commit });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  assert.equal(readFileSync(join(machine.artifact(build), 'index.html'), 'utf8'), '');
});

test('a build cannot read the platform’s own files, nor change other builds', {
  skip: process.getuid?.() === 0 ? false : 'needs root, to run builds as another user',
}, async t => {
  const machine = new BuildMachine(t);
  const secret = join(machine.data, 'repositories', 'shop', 'api.git', 'HEAD');
  const first = await machine.run({ commit: machine.repository.commit({ 'server.js': server }) });
  const artifact = machine.artifact(first);
  const build = [
    `cat '${secret}' && exit 1`,
    `echo x >'${artifact}/server.js' && exit 1`,
    `rm -rf '${artifact}'`,
    'touch ../../x && exit 1',
    'touch ok',
  ].join('\n');
  const end = await machine.run({
    commit: machine.repository.commit({ 'a.txt': '', Procfile: 'web: a' }),
    settings: { build },
  });
  assert.equal(end.status?.phase, 'Succeeded', machine.log(end));
  assert.ok(existsSync(join(artifact, 'server.js')));
  assert.deepEqual(readdirSync(artifact), ['server.js']);
});

test('programs of the repository’s own do not stand in for those that confine it', async t => {
  const machine = new BuildMachine(t);
  const names = ['unshare', 'mount', 'prlimit', 'setpriv', 'bwrap', 'sh', 'chmod', 'chown'];
  const install = `mkdir -p node_modules/.bin; cd node_modules/.bin; for p in ${names.join(' ')}; do printf '#!/bin/false' >$p; chmod +x $p || exit; done`;
  const files = { 'package.json': JSON.stringify({ dependencies: { x: '1' } }), 'server.js': server };
  const build = await machine.run({
    commit: machine.repository.commit(files),
    settings: {
      install: `${install.replace('chmod +x $p', '/bin/chmod +x $p')}`,
      build: 'command -v unshare; touch built',
    },
  });
  assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  assert.match(machine.log(build), /node_modules\/\.bin\/unshare/);
  assert.ok(existsSync(join(machine.artifact(build), 'built')));
});
