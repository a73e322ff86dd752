import { createPolicyEngine } from '../../packages/drivers/index.ts';
import { memoryOf } from '../figures.ts';
import { policyOf } from './corpus.ts';

// A process of its own: what it holds before and after it has loaded so many policies, which its parent asks for.

const count = Number(process.argv[2]);
const engine = createPolicyEngine({ threads: 1 });
await engine.load(policyOf(count).source);
const before = await memoryOf(process.pid);
const begun = performance.now();
for (let n = 0; n < count; n += 1) await engine.load(policyOf(n).source);
const milliseconds = performance.now() - begun;
const after = await memoryOf(process.pid);
process.send?.({ before, after, milliseconds });
await engine.close();
process.disconnect?.();
