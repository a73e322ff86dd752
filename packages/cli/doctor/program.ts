import { execFile } from 'node:child_process';

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  /** The first line of what went wrong. */
  readonly why: string;
}

/** Runs a program to its end; never throws. */
export const runProgram = (program: string, args: readonly string[], signal: AbortSignal): Promise<Ran> =>
  new Promise(resolve => {
    execFile(program, [...args], { signal, encoding: 'utf8' }, (error, stdout, stderr) => {
      const missing = error && 'code' in error && error.code === 'ENOENT';
      const why = missing
        ? `${program} was not found in PATH`
        : stderr.trim().split('\n')[0] || (error?.message ?? '');
      resolve({ ok: !error, stdout: stdout.trim(), why: error ? why : '' });
    });
  });
