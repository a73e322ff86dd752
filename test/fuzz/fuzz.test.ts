import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { runTarget } from './run-target.ts';
import { closeTargets, targets } from './targets.ts';

// `npm run fuzz -- --seconds 60` looks for longer, from other seeds.
describe('whatever is sent to a decoder is understood or refused in words [INP1] [INP2]', () => {
  after(closeTargets);
  for (const target of targets)
    test(target.name, async () => {
      const { inputs, understood } = await runTarget(target, 1, 1000);
      assert.ok(understood >= target.seeds.length / 2, `${understood} of ${inputs} inputs were understood`);
    });
});
