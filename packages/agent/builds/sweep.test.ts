import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Build, BuildKind, ReleaseKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { BuildMachine } from './testing/build-machine.ts';

const manifest = (name: string) => JSON.stringify({ name, dependencies: { x: '1' } });

/** A service whose dependencies cost nothing. */
const settings = { install: 'mkdir node_modules', start: 'node a.js' };

const releaseOf = (build: Build) => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Release',
  metadata: { name: build.metadata.name, namespace: 'shop' },
  spec: { ...build.spec, build: build.metadata.name, createdBy: 'alice', artifact: build.status!.artifact! },
});

test('what nothing refers to goes after the grace time; what a release needs stays with its dependencies', async t => {
  let elapsedMs = 0;
  const machine = new BuildMachine(t, {
    sweepEveryMs: 20,
    graceMs: 60_000,
    now: () => new Date(Date.now() + elapsedMs),
  });
  const kept = await machine.run({
    commit: machine.repository.commit({ 'package.json': manifest('a'), 'package-lock.json': '1' }),
    settings,
  });
  const lost = await machine.run({
    commit: machine.repository.commit({ 'package.json': manifest('b'), 'package-lock.json': '2' }),
    settings,
  });
  for (const build of [kept, lost]) assert.equal(build.status?.phase, 'Succeeded', machine.log(build));
  const release = machine.platform.add(ReleaseKind, releaseOf(kept));
  const folders = (of: string) =>
    readdirSync(join(machine.data, of)).filter(name => /^[0-9a-f]{64}$/.test(name));

  // Both builds name their artifacts; their objects go, and the artifacts stay for the grace time.
  for (const build of [kept, lost]) machine.platform.delete(BuildKind, build);
  assert.equal(folders('artifacts').length, 2);
  assert.equal(folders('dependencies').length, 2);

  elapsedMs = 120_000;
  await until('the sweep', () => !existsSync(machine.artifact(lost)) && folders('dependencies').length === 1);
  assert.ok(existsSync(join(machine.artifact(kept), 'node_modules', '.')));

  machine.platform.delete(ReleaseKind, release as never);
  await until('the second sweep', () => folders('artifacts').length + folders('dependencies').length === 0);
  const back = await machine.run({ commit: kept.spec.commit, settings });
  assert.equal(back.status?.artifact?.digest, kept.status?.artifact?.digest);
  assert.ok(existsSync(join(machine.artifact(back), 'node_modules', '.')));
});
