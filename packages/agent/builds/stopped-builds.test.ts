import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Build, BuildKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { processesOf } from './leftover-processes.ts';
import { BareRepository } from './testing/bare-repository.ts';
import { BuildMachine } from './testing/build-machine.ts';

const server = "require('node:http').createServer((_, r) => r.end('ok')).listen(process.env.PORT);\n";

test('a superseded build ends at once and leaves no process, not even one in the background', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const build = machine.platform.addBuild({
    commit,
    settings: { build: 'setsid sleep 300 & (sleep 301 &) ; sleep 302' },
  });
  await until('the build to run', () => processesOf(machine.data).length >= 3);
  machine.platform.setStatus(build, { phase: 'Superseded', supersededBy: 'api.2' });
  await until('all processes to end', () => processesOf(machine.data).length === 0);
  await until('the folder to go', () => readdirSync(join(machine.data, 'builds')).length === 0);
  assert.equal(machine.platform.build(build).status?.phase, 'Superseded');
  assert.match(machine.log(build), /==> stopped: a newer push takes over/);
});

test('a deleted build ends, too; one that waits is never begun', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const slow = ['a', 'b'].map(service => {
    const own = new BareRepository(machine.data, 'shop', service).commit({ 'server.js': server });
    return machine.platform.addBuild({ service, commit: own, settings: { build: 'sleep 300' } });
  });
  await until('both to run', () => processesOf(machine.data).length >= 2);
  const waiting = machine.platform.addBuild({ commit });
  machine.platform.setStatus(waiting, { phase: 'Superseded' });
  for (const build of slow) machine.platform.delete(BuildKind, build);
  await until('all processes to end', () => processesOf(machine.data).length === 0);
  const last = await machine.run({ commit });
  assert.equal(last.status?.phase, 'Succeeded');
  assert.equal(machine.log(waiting), '');
});

test('of one service the newest build goes first', async t => {
  const machine = new BuildMachine(t);
  await machine.stop();
  const commit = machine.repository.commit({ 'server.js': server });
  const builds = [1, 2, 3, 4].map(() =>
    machine.platform.addBuild({ commit, settings: { build: 'sleep 0.2' } }),
  );
  machine.start();
  const ends = await Promise.all(builds.map(build => machine.over(build)));
  const started = ends.map(build => Date.parse(build.status?.startedAt ?? ''));
  assert.ok(Math.min(started[2]!, started[3]!) < Math.min(started[0]!, started[1]!));
});

test('an agent that stops leaves its builds to the next, which begins again', async t => {
  const machine = new BuildMachine(t);
  const commit = machine.repository.commit({ 'server.js': server });
  const build = machine.platform.addBuild({
    commit,
    settings: { build: 'test -e "$npm_config_cache" || sleep 300; mkdir -p "$npm_config_cache"' },
  });
  await until('the build to run', () => machine.platform.build(build).status?.phase === 'Running');
  await until('its process', () => processesOf(machine.data).length > 0);
  await machine.stop();
  assert.equal(processesOf(machine.data).length, 0);
  assert.equal(machine.platform.build(build).status?.phase, 'Running');
});

/** An agent in a process of its own, which a test may kill. */
const doomedAgent = (machine: BuildMachine, build: Build): ChildProcess =>
  spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./testing/doomed-agent.ts', import.meta.url)),
      machine.data,
      JSON.stringify(build),
    ],
    {
      stdio: 'inherit',
    },
  );

test('after kill -9 of the agent the next ends what it left running and begins its build again', async t => {
  const machine = new BuildMachine(t);
  await machine.stop();
  const commit = machine.repository.commit({ 'server.js': server });
  const settings = {
    build: 'test -e "$GOPATH" || { mkdir "$GOPATH"; setsid sleep 300 & sleep 301; }; echo done >out',
  };
  const build = machine.platform.addBuild({ commit, settings });
  const agent = doomedAgent(machine, build);
  const begun = join(machine.data, 'dependencies', 'caches', 'shop', 'go');
  await until('the build to run', () => existsSync(begun));
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  machine.platform.setStatus(build, { phase: 'Running', agent: 'local' });
  machine.start();
  const end = await machine.over(build);
  assert.equal(end.status?.phase, 'Succeeded', machine.log(build));
  assert.equal(processesOf(machine.data).length, 0);
  assert.match(machine.log(build), /==> The agent was restarted: the build begins again\.\n==> checkout/);
});

test('a build that takes the agent down again and again is given up', async t => {
  const machine = new BuildMachine(t);
  await machine.stop();
  const commit = machine.repository.commit({ 'server.js': server });
  const build = machine.platform.addBuild({ commit });
  writeFileSync(join(machine.data, 'builds', `${build.metadata.uid}.attempts`), '3');
  machine.start();
  const end = await machine.over(build);
  assert.equal(end.status?.failure?.code, 'BuildInterrupted');
});
