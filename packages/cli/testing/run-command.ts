import { PassThrough } from 'node:stream';
import { run } from '../run.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** What stands on standard input; without it, nothing. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a command line in this process, away from any terminal. */
export const runCommand = async (
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => {
  const written = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const stdin = new PassThrough();
  stdin.end(options.input ?? '');
  const code = await run(argv, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: into('stdout'),
    stderr: into('stderr'),
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, ...written };
};
