import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildMachine } from './testing/build-machine.ts';

const server = "require('node:http').createServer((_, r) => r.end('ok')).listen(process.env.PORT);\n";

test('failing tests stop the release, with their last lines as evidence', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const build = await machine.run({
    commit,
    settings: { test: { command: "printf '\\033[31mred\\033[0m\\nlast line\\n'; exit 3" } },
  });
  assert.equal(build.status?.phase, 'Failed');
  assert.equal(build.status.failure?.code, 'TestsFailed');
  assert.match(build.status.failure.message, /^The tests failed with exit code 3 \(printf/);
  assert.deepEqual(build.status.failure.evidence, ['red', 'last line']);
  assert.equal(build.status.artifact, undefined);
  assert.equal(build.status.steps?.at(-1)?.state, 'Failed');
  assert.match(machine.log(build), /==> failed: The tests failed with exit code 3/);
});

test('a failing build, a missing program, a time limit and a flood of output', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const [failed, missing, slow, flood] = await Promise.all([
    machine.run({ commit, settings: { build: 'echo why; false' } }),
    machine.run({ commit, settings: { build: 'no-such-program' } }),
    machine.run({ commit, settings: { build: 'sleep 60', timeout: '300ms' } }),
    machine.run({ commit, settings: { build: 'yes' } }),
  ]);
  for (const build of [failed, missing, slow, flood])
    assert.equal(build.status?.failure?.code, 'BuildFailed', machine.log(build));
  assert.deepEqual(failed.status?.failure?.evidence, ['why']);
  assert.match(
    missing.status?.failure?.message ?? '',
    /exit code 127: a program was not found \(no-such-program\)/,
  );
  assert.match(slow.status?.failure?.message ?? '', /took longer than 0\.3 s and was ended/);
  assert.match(slow.status?.failure?.next ?? '', /spec\.build\.timeout/);
  assert.match(flood.status?.failure?.message ?? '', /wrote more than 32 MiB/);
  assert.ok(machine.log(flood).length < 33 * 1024 ** 2);
});

test('nothing to build names what was looked for and what was found', async t => {
  const machine = new BuildMachine(t);
  const build = await machine.run({
    commit: machine.repository.commit({ 'README.md': '', 'docs/a.md': '' }),
  });
  assert.equal(build.status?.failure?.code, 'NothingToBuild');
  assert.match(
    build.status.failure.evidence[0] ?? '',
    /^Looked for: go\.mod, requirements\.txt.*package\.json.*index\.html.*Procfile$/,
  );
  assert.equal(build.status.failure.evidence[1], 'Found at the top: README.md, docs/');
});
