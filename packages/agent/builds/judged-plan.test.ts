import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildPlan } from '@causeway/contracts';
import { judgedPlanAnnotation, PlatformError } from '@causeway/model';
import { BuildMachine, stepOf } from './testing/build-machine.ts';

const files = {
  'server.js': "require('node:http').createServer((_, r) => r.end('ok')).listen(process.env.PORT);",
};
const judged = { annotations: { [judgedPlanAnnotation]: 'true' } };

test('[POL3] a plan is judged before anything of it runs, if the build says so; the verdict is waited for', async t => {
  const machine = new BuildMachine(t);
  const asked: string[] = [];
  machine.platform.judgePlan = async (path, plan) => {
    asked.push(`${path} ${(plan as BuildPlan).builder}`);
    // A server that restarts.
    if (asked.length === 1) throw new PlatformError('Unavailable', 'it is not there');
    return { warnings: ['policy told: pin the version'] };
  };
  const commit = machine.repository.commit(files);
  const build = await machine.run({ commit, ...judged });
  assert.equal(build.status?.phase, 'Succeeded', JSON.stringify(build.status));
  assert.deepEqual(asked, ['/api/builds/shop/api.1/plan node', '/api/builds/shop/api.1/plan node']);
  assert.match(machine.log(build), /policy told: pin the version/);
  await machine.run({ commit });
  assert.equal(asked.length, 2, 'no other build asks');
});

test('[POL3] a plan that is refused goes no further, in the words of the policy', async t => {
  const machine = new BuildMachine(t);
  machine.platform.judgePlan = async () => {
    throw new PlatformError('PolicyDenied', 'Policies do not let this be built', {
      evidence: ['✘ pinned: the runtime is not pinned', '  Why: it moves.'],
    });
  };
  const build = await machine.run({ commit: machine.repository.commit(files), ...judged });
  assert.equal(build.status?.failure?.code, 'PolicyDenied');
  assert.deepEqual(build.status?.failure?.evidence, [
    '✘ pinned: the runtime is not pinned',
    '  Why: it moves.',
  ]);
  assert.equal(stepOf(build, 'detect')?.state, 'Failed');
  assert.equal(stepOf(build, 'install'), undefined);
});
