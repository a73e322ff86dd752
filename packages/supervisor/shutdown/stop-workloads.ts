import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { childEnvironment } from '../daemon/child-environment.ts';
import { dataPaths, logFile } from '../data/paths.ts';
import { nodeOf } from '../versions/version.ts';

const WITHIN_MS = 60_000;

/** Ends all services that run on this machine, by the program that knows how. They go on without any of our processes. */
export const stopWorkloads = async (data: string, port: number): Promise<void> => {
  const { current } = dataPaths(data);
  const main = path.join(current, 'packages', 'agent', 'stop-workloads.ts');
  if (!existsSync(path.join(data, 'workloads')) || !existsSync(main)) return;
  const log = await open(logFile(data, 'agent'), 'a', 0o600);
  try {
    const child = spawn(nodeOf(current), [main], {
      cwd: data,
      env: childEnvironment(process.env, { data, port, version: current }),
      stdio: ['ignore', log.fd, log.fd],
      timeout: WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('exit', resolve),
    );
    if (code !== 0) throw new Error(`stopping the services ended with ${code ?? 'no answer in time'}`);
  } finally {
    await log.close();
  }
};
