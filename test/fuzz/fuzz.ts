import { parseArgs } from 'node:util';
import { runTarget } from './run-target.ts';
import { closeTargets, targets } from './targets.ts';

// npm run fuzz -- [--seconds N] [--seed N] [--target NAME]: tries each decoder for so many seconds.

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
  },
});
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) {
  console.error(
    `There is no target ${values.target}. There are: ${targets.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
console.log(`seed ${values.seed}`);
let broken = 0;
for (const target of chosen)
  try {
    const { inputs, understood } = await runTarget(
      target,
      Number(values.seed),
      Number(values.seconds) * 1000,
    );
    console.log(`${target.name}: ${inputs} inputs, ${understood} understood`);
  } catch (error) {
    broken += 1;
    console.error(error);
  }
await closeTargets();
process.exit(broken === 0 ? 0 : 1);
