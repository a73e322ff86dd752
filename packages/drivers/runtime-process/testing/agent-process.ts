import type { Workload } from '@causeway/contracts';
import { createProcessRuntime } from '../process-runtime.ts';
import { quick } from './process-place.ts';

/** A process that runs one workload, to be killed: arguments are the DATA folder and the workload as JSON. Says when it is ready. */
const [data = '', text = ''] = process.argv.slice(2);
const workload = JSON.parse(text) as Workload;
const runtime = await createProcessRuntime({ data, ...quick });
const { signal } = new AbortController();
const changes = runtime.changes(signal);
await runtime.start(workload, signal);
// As the connections of an agent do.
setInterval(() => {}, 60_000);
for await (const state of changes) if (state.phase === 'Ready') console.log('ready');
