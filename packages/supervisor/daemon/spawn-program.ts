import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { logFile } from '../data/paths.ts';

interface SpawnOptions {
  readonly node: string;
  readonly main: string;
  /** Of Node.js. */
  readonly flags?: readonly string[];
  /** Names its log. */
  readonly name: string;
  readonly data: string;
  readonly environment: Record<string, string>;
}

/** Starts a program that outlives this process, in a session of its own, and returns its pid. */
export const spawnProgram = async ({
  node,
  main,
  flags = [],
  name,
  data,
  environment,
}: SpawnOptions): Promise<number> => {
  const log = await open(logFile(data, name), 'a', 0o600);
  try {
    const child = spawn(node, [...flags, main], {
      cwd: data,
      env: environment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid!;
  } finally {
    await log.close();
  }
};
