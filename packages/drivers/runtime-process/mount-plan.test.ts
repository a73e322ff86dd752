import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bubblewrapArguments, mountTable, planCovers } from './mount-plan.ts';

const view = {
  hidden: ['/root/my data', '/root'],
  readable: ['/root/my data/artifacts/aa', '/usr', '/root/.nvm/versions/node/v26', '/root'],
  writable: ['/root/my data/workloads/w/home'],
  tmp: '/root/my data/workloads/w/tmp',
};

test('only the outermost hidden folder is covered; nothing that contains a hidden one is put back', () => {
  assert.deepEqual(planCovers(view), [
    {
      path: '/root',
      binds: [
        { path: '/root/my data/artifacts/aa', writable: false },
        { path: '/root/.nvm/versions/node/v26', writable: false },
        { path: '/root/my data/workloads/w/home', writable: true },
      ],
    },
    { path: '/tmp', source: '/root/my data/workloads/w/tmp', binds: [] },
  ]);
});

test('the cover that hides the staging folder is laid last', () => {
  const table = mountTable(planCovers(view), '/root/my data/workloads/w/view').trim().split('\n');
  assert.deepEqual(
    table.map(line => line.split(' ').slice(0, 2).join(' → ')),
    [
      'none → /root/my\\040data/workloads/w/view/0',
      '/root/my\\040data/artifacts/aa → /root/my\\040data/workloads/w/view/0/my\\040data/artifacts/aa',
      '/root/.nvm/versions/node/v26 → /root/my\\040data/workloads/w/view/0/.nvm/versions/node/v26',
      '/root/my\\040data/workloads/w/home → /root/my\\040data/workloads/w/view/0/my\\040data/workloads/w/home',
      '/root/my\\040data/workloads/w/tmp → /root/my\\040data/workloads/w/view/1',
      '/root/my\\040data/workloads/w/view/1 → /tmp',
      '/root/my\\040data/workloads/w/view/0 → /root',
    ],
  );
});

test('bubblewrap gets the same covers as arguments', () => {
  const text = bubblewrapArguments(planCovers(view)).join(' ');
  assert.match(
    text,
    /--tmpfs \/root --ro-bind \/root\/my data\/artifacts\/aa .* --remount-ro \/root --bind \S+ data\S+ \/tmp$/,
  );
});
