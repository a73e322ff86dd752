import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { baseEnvironment } from './child-definitions.ts';
import { closeLog, openLog } from './log-file.ts';

const patienceMs = 45_000;

/** Ends every workload of the data folder, by the agent’s own means; works when no agent runs. */
export const stopWorkloads = (data: string, version: string): Promise<void> =>
  new Promise(resolve => {
    const main = join(version, 'packages/agent/stop-workloads.ts');
    if (!existsSync(main)) return resolve();
    const log = openLog(data, 'agent');
    const child = spawn(process.execPath, [main], {
      cwd: data,
      env: { ...baseEnvironment(data), CAUSEWAY_DATA: data },
      stdio: ['ignore', log, log],
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    closeLog(log);
    child.on('error', () => resolve());
    child.on('close', () => resolve());
  });
