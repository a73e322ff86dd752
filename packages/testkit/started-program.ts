import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { until } from './until.ts';

/** A port that was free a moment ago. Programs that cannot choose one themselves need it. */
export const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** A program that runs for a test, and ends with it. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Throws with the last lines of its log when it has ended. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a program in a folder, which its log NAME.log goes to and which is its home. */
export const startProgram = (
  name: string,
  file: string,
  parameters: readonly string[],
  folder: string,
): Program => {
  const log = path.join(folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child: ChildProcess = spawn(file, parameters, {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  });
  closeSync(output);
  let problem: Error | undefined;
  child.once('error', error => {
    problem = error;
  });
  // Without this process nobody would end it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    pid: child.pid ?? 0,
    async check() {
      if (problem) throw problem;
      if (child.exitCode === null && child.signalCode === null) return;
      const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-5);
      throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}\n${lines.join('\n')}`);
    },
    async stop() {
      process.removeListener('exit', kill);
      if (problem || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** Waits for a condition, as long as the programs run. */
export const untilServing = (
  condition: () => Promise<boolean>,
  programs: readonly Program[],
): Promise<true> =>
  until(
    `${programs.at(-1)?.name} to be ready`,
    async () => {
      for (const program of programs) await program.check();
      return condition();
    },
    { everyMs: 50 },
  );
