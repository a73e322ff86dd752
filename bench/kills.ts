import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTrial } from '../test/outside/trial.ts';
import { spreadOf } from './figures.ts';

const rounds = 10;
const killsARound = 200;

/** 2,000 kills of servers and PostgreSQL under 16 clients, judged round by round. About half an hour. */
export const run = async (): Promise<void> => {
  const first = Number(process.env.CAUSEWAY_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const recoveries: number[] = [];
  const sums = { kills: 0, acknowledged: 0, unknown: 0, happened: 0, lists: 0, watchEvents: 0, problems: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const seed = first + round;
    const folder = await mkdtemp(join(tmpdir(), 'causeway-kills-'));
    const result = await runTrial({ seed, kills: killsARound, folder });
    const { server, allServers, database, databaseAndServer } = result.disturbed.kills;
    recoveries.push(...result.disturbed.recoveries);
    sums.kills += killsARound;
    sums.problems += result.problems.length;
    for (const name of ['acknowledged', 'unknown', 'happened', 'lists', 'watchEvents'] as const)
      sums[name] += result[name];
    console.log(
      `  seed ${seed}: ${server} kills of a server, ${allServers} of all servers, ${database} of PostgreSQL, ${databaseAndServer} of both in ${result.seconds.toFixed(0)} s; ${result.checker}; ${result.problems.length} problems`,
    );
    for (const problem of result.problems.slice(0, 20)) console.log(`    ${problem}`);
    if (result.problems.length > 0) console.log(`    everything is kept in ${folder}`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(
    `  ${sums.kills} kills: ${sums.acknowledged} acknowledged writes, ${sums.unknown} without an answer of which ${sums.happened} happened, ${sums.lists} lists, ${sums.watchEvents} watch events, ${sums.problems} problems (aim 0)`,
  );
  console.log(`  from a kill to the next acknowledged writes: ${spreadOf(recoveries)}`);
  if (sums.problems > 0) process.exitCode = 1;
};
