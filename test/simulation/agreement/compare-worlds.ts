import { PortScript } from './port-script.ts';
import { realWorld } from './real-world.ts';
import { simulatedWorld } from './simulated-world.ts';

/** The first answer in which the simulated database and PostgreSQL differ, with the calls before it; nothing when they agree. */
export const firstDifference = async (
  connectionString: string,
  seed: number,
  steps: number,
): Promise<string | undefined> => {
  const simulated = await simulatedWorld(seed);
  const real = await realWorld(connectionString);
  try {
    const expected = await new PortScript(simulated, seed).run(steps);
    const found = await new PortScript(real, seed).run(steps);
    const at = found.findIndex((line, index) => line !== expected[index]);
    if (at < 0) return undefined;
    return [
      `seed ${seed}`,
      ...found.slice(Math.max(0, at - 12), at).map(line => line.slice(0, 200)),
      `PostgreSQL: ${found[at]}`,
      `simulated:  ${expected[at]}`,
    ].join('\n');
  } finally {
    await simulated.close();
    await real.close();
  }
};
