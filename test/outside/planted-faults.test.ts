import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkerMissing } from './linearizability.ts';
import { type PlantedFault, plantedFaults } from './planted-faults.ts';
import { runTrial } from './trial.ts';

/** What a trial says of each fault, at the least. */
const found: Record<PlantedFault, RegExp> = {
  'stale-reads': /ENG12.*not linearizable|ENG5/,
  'lost-commits': /ENG6.*acknowledged and is lost/,
  'skipped-changes': /ENG4/,
};

describe('a trial finds what is planted', { skip: await checkerMissing(), timeout: 15 * 60_000 }, () => {
  for (const fault of Object.keys(plantedFaults) as PlantedFault[])
    test(fault, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'causeway-planted-'));
      try {
        const { problems } = await runTrial({ seed: 7, kills: 4, writes: 250, folder, fault });
        assert.match(problems.join('\n'), found[fault]);
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    });
});
