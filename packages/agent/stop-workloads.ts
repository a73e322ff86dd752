import { createProcessRuntime } from '@causeway/drivers';
import { stopEverything } from './replicas/run-replicas.ts';

/** Ends every workload of this machine’s platform: what `platform down` runs when no agent does. */
const data = process.env.CAUSEWAY_DATA;
if (!data) throw new Error('CAUSEWAY_DATA is not set: this is run by `platform down`');
const runtime = await createProcessRuntime({ data });
await stopEverything(runtime, AbortSignal.timeout(40_000));
await runtime.close();
process.exit(0);
