import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@causeway/client';
import { createProcessRuntime, detectIsolation } from '@causeway/drivers';
import { toPlatformError } from '@causeway/model';
import { runBuilds } from './builds/run-builds.ts';
import { runReplicas } from './replicas/run-replicas.ts';
import { tendLogs } from './replicas/tend-logs.ts';
import { workloadPrograms } from './workload-programs.ts';

const agentName = 'local';
const patienceMs = 30_000;

const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start the agent with \`platform up\``);
  return value;
};

const run = async (): Promise<void> => {
  const data = environment('CAUSEWAY_DATA');
  const server = process.env.CAUSEWAY_SERVER || `http://127.0.0.1:${environment('CAUSEWAY_PORT')}`;
  const token = (await readFile(join(data, 'credentials', 'agent.token'), 'utf8')).trim();
  const client = createClient({ server, token });
  const isolation = await detectIsolation(join(data, 'workloads'));
  const programs = workloadPrograms(data, isolation, process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin');
  const runtime = await createProcessRuntime({ data, isolation, ...programs });
  const ready = join(data, 'run', 'agent.ready');
  const stopping = new AbortController();

  const ended = Promise.all([
    runReplicas({
      client,
      runtime,
      agentName,
      signal: stopping.signal,
      log,
      onReady: () => {
        writeFile(ready, String(process.pid)).catch(error => log(`${ready}: ${error.message}`));
        log('ready');
      },
    }),
    runBuilds({ data, client, agentName, signal: stopping.signal }),
    tendLogs(data, client, stopping.signal),
  ]);

  /** Workloads go on without the agent. */
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.race([
      ended.catch(() => {}),
      new Promise(resolve => setTimeout(resolve, patienceMs).unref()),
    ]);
    await runtime.close();
    await rm(ready, { force: true });
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  await ended;
};

run().catch(error => {
  const { message, next } = toPlatformError(error);
  log(`${message} ${next}`);
  process.exit(1);
});
