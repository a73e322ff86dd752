import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plants } from './plants/plants.ts';
import { runSeeds } from './run-seeds.ts';

// What the simulation finds is worth as much as the bugs that it would find: each of these is planted into the code as it
// is imported, or into the database.
describe('the simulation finds a planted bug', () => {
  for (const [name, { bug, within, world = 'engine' }] of Object.entries(plants))
    test(`${name}: ${bug}`, async t => {
      const { seeds, failed } = await runSeeds(1, within, {
        world,
        plant: name,
        stopAtFirst: true,
        workers: 1,
      });
      assert.ok(failed[0], `not found in ${seeds} seeds`);
      t.diagnostic(`found by seed ${failed[0].seed}: ${failed[0].problems[0]}`);
    });
});
