import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Build, BuildKind, PlatformError } from '@causeway/model';
import { type BuildResource, StatusWriter } from './status-writer.ts';
import { MemoryPlatform } from './testing/memory-platform.ts';

const prepare = (change: (builds: BuildResource) => Partial<BuildResource> = () => ({})) => {
  const platform = new MemoryPlatform();
  const build = platform.addBuild({ commit: 'a'.repeat(40) });
  const builds = platform.client.resource(BuildKind) as BuildResource;
  const resource = { ...builds, ...change(builds) };
  const writer = new StatusWriter(
    resource,
    build,
    () => ({ phase: 'Running' }),
    new AbortController().signal,
  );
  return { platform, build, writer };
};

test('a short build is told with one write', async () => {
  const { platform, build, writer } = prepare();
  for (let step = 0; step < 10; step++) writer.changed();
  assert.equal(await writer.finish({ phase: 'Succeeded' }), true);
  assert.equal(platform.writes, 1);
  assert.equal(platform.build(build).status?.phase, 'Succeeded');
});

test('a longer one is told as it goes, seldom', async () => {
  const { platform, writer } = prepare();
  for (let step = 0; step < 40; step++) {
    await sleep(10);
    writer.changed();
  }
  await writer.finish({ phase: 'Succeeded' });
  assert.ok(platform.writes >= 2 && platform.writes <= 4, `${platform.writes} writes`);
});

test('what others wrote meanwhile is kept, unless it ended the build', async () => {
  const { platform, build, writer } = prepare();
  platform.setStatus(build, { supersededBy: 'x' });
  assert.equal(await writer.finish({ phase: 'Succeeded' }), true);
  assert.equal(platform.build(build).status?.supersededBy, 'x');

  const other = prepare();
  other.platform.setStatus(other.build, { phase: 'Superseded' });
  assert.equal(await other.writer.finish({ phase: 'Succeeded' }), false);
  assert.equal(other.platform.build(other.build).status?.phase, 'Superseded');

  const gone = prepare();
  gone.platform.delete(BuildKind, gone.build);
  assert.equal(await gone.writer.finish({ phase: 'Succeeded' }), false);
});

test('a server that is away for a moment loses no result', async () => {
  let failures = 2;
  const { platform, build, writer } = prepare(builds => ({
    patchStatus: async (...args): Promise<Build> => {
      if (failures-- > 0) throw new PlatformError('Unavailable', 'away');
      return builds.patchStatus(...args);
    },
  }));
  assert.equal(await writer.finish({ phase: 'Succeeded' }), true);
  assert.equal(platform.build(build).status?.phase, 'Succeeded');
});
