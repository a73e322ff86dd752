import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bubblewrapArguments, mountTable, planCovers } from './mount-plan.ts';

const view = {
  hidden: ['/home/ada/my data', '/home/ada'],
  readable: ['/home/ada/my data/artifacts/aa', '/usr', '/home/ada/.nvm/versions/node/v26', '/home/ada'],
  writable: ['/home/ada/my data/workloads/w/home'],
  tmp: '/home/ada/my data/workloads/w/tmp',
};

test('only the outermost hidden folder is covered; nothing that contains a hidden one is put back', () => {
  assert.deepEqual(planCovers(view), [
    {
      path: '/home/ada',
      binds: [
        { path: '/home/ada/my data/artifacts/aa', writable: false },
        { path: '/home/ada/.nvm/versions/node/v26', writable: false },
        { path: '/home/ada/my data/workloads/w/home', writable: true },
      ],
    },
    { path: '/tmp', source: '/home/ada/my data/workloads/w/tmp', binds: [] },
  ]);
});

test('the cover that hides the staging folder is laid last', () => {
  const table = mountTable(planCovers(view), '/home/ada/my data/workloads/w/view').trim().split('\n');
  assert.deepEqual(
    table.map(line => line.split(' ').slice(0, 2).join(' → ')),
    [
      'none → /home/ada/my\\040data/workloads/w/view/0',
      '/home/ada/my\\040data/artifacts/aa → /home/ada/my\\040data/workloads/w/view/0/my\\040data/artifacts/aa',
      '/home/ada/.nvm/versions/node/v26 → /home/ada/my\\040data/workloads/w/view/0/.nvm/versions/node/v26',
      '/home/ada/my\\040data/workloads/w/home → /home/ada/my\\040data/workloads/w/view/0/my\\040data/workloads/w/home',
      '/home/ada/my\\040data/workloads/w/tmp → /home/ada/my\\040data/workloads/w/view/1',
      '/home/ada/my\\040data/workloads/w/view/1 → /tmp',
      '/home/ada/my\\040data/workloads/w/view/0 → /home/ada',
    ],
  );
});

test('bubblewrap gets the same covers as arguments', () => {
  const text = bubblewrapArguments(planCovers(view)).join(' ');
  assert.match(
    text,
    /--tmpfs \/home\/ada --ro-bind \/home\/ada\/my data\/artifacts\/aa .* --remount-ro \/home\/ada --bind \S+ data\S+ \/tmp$/,
  );
});
