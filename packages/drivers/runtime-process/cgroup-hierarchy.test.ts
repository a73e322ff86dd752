import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCgroupMounts, parseOwnCgroups } from './cgroup-hierarchy.ts';

test('cgroup mounts of both versions are told apart, with escaped spaces', () => {
  const text = [
    '24 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 24 0:25 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct',
    '31 24 0:26 /docker/ab /sys/fs/cgroup/my\\040memory ro - cgroup cgroup rw,memory',
    '32 24 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate',
  ].join('\n');
  assert.deepEqual(
    parseCgroupMounts(text).map(({ version, root, path }) => [version, root, path]),
    [
      [1, '/', '/sys/fs/cgroup/cpu,cpuacct'],
      [1, '/docker/ab', '/sys/fs/cgroup/my memory'],
      [2, '/', '/sys/fs/cgroup/unified'],
    ],
  );
});

test('the own cgroup of each controller, and of version 2', () => {
  const own = parseOwnCgroups('4:cpu,cpuacct:/a\n3:memory:/b:c\n0::/user.slice/session-1.scope\n');
  assert.equal(own.get('cpuacct'), '/a');
  assert.equal(own.get('memory'), '/b:c');
  assert.equal(own.get(''), '/user.slice/session-1.scope');
});
