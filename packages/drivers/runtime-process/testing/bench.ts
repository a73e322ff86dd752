import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import type { TestContext } from 'node:test';
import type { Workload, WorkloadState } from '@causeway/contracts';
import { HttpSettings } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { statOf } from '../proc.ts';
import type { ProcessRuntime, ProcessRuntimeOptions } from '../process-runtime.ts';
import { type ProcessPlace, processPlace } from './process-place.ts';

export const never = new AbortController().signal;
export const isReady = (state: WorkloadState): boolean => state.phase === 'Ready';
export const isFailed = (state: WorkloadState): boolean => state.phase === 'Failed';

/** Answers with what the function `answer(request)` in `body` returns, as JSON. */
export const jsonServer = (body: string): string => `
const fs = require('node:fs'), os = require('node:os'), path = require('node:path'), { spawn } = require('node:child_process');
${body}
require('node:http').createServer((request, response) => response.end(JSON.stringify(answer(request))))
  .listen(process.env.PORT, process.env.HOST);
`;

export const ask = (address: string, path = '/'): Promise<string> =>
  new Promise((resolve, reject) => {
    get(`http://${address}${path}`, { agent: false }, response => {
      let body = '';
      response.on('data', chunk => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });

/** A process that has ended and that nobody has waited for yet does not run. */
export const isRunning = (pid: number): boolean => {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z';
};

export interface Bench {
  readonly place: ProcessPlace;
  open(options?: Partial<ProcessRuntimeOptions>): Promise<ProcessRuntime>;
  workload(source: string, given?: Partial<Workload>): Promise<Workload>;
  /** Waits for a state of the workload. */
  reaches(
    runtime: ProcessRuntime,
    id: string,
    wanted: (state: WorkloadState) => boolean,
  ): Promise<WorkloadState>;
}

/** A DATA folder, runtimes over it one after the other, and workloads in it; all gone with the end of the test. */
export const bench = async (t: TestContext): Promise<Bench> => {
  const place = await processPlace();
  let current: ProcessRuntime | undefined;
  const open = async (options?: Partial<ProcessRuntimeOptions>): Promise<ProcessRuntime> => {
    await current?.close();
    current = (await place.open(options)).runtime;
    return current;
  };
  t.after(async () => {
    const last = await open();
    for (const { id } of await last.list()) await last.remove(id, never);
    await last.close();
    await place.remove();
  });
  return {
    place,
    open,
    async workload(source, given = {}) {
      const id = randomUUID();
      return {
        id,
        team: 'shop',
        service: 'orders',
        name: `orders.production.${id.slice(0, 8)}-web-0`,
        mode: 'service',
        command: 'node server.js',
        artifact: given.artifact ?? (await place.artifact({ 'server.js': source })),
        variables: {},
        resources: { cpu: '1', memory: '256Mi' },
        http: HttpSettings.parse({ startTimeout: '15s' }),
        ...given,
      };
    },
    reaches: (runtime, id, wanted) =>
      until(
        'the workload to be so',
        async () => (await runtime.list()).find(state => state.id === id && wanted(state)),
        { seen: () => runtime.list() },
      ),
  };
};
