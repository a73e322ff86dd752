import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ftruncateSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type ConfinedCommand, confinedCommand, endsAsWhole } from './confined-command.ts';
import { endProcessesOf } from './leftover-processes.ts';

export interface CommandOptions extends ConfinedCommand {
  /** Descriptor of a file opened for appending: the command writes there itself. */
  readonly output: number;
  readonly outputSize: () => number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a command ended. `flooded`: it wrote more than anybody would read, and was ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly by: NodeJS.Signals }
  | { readonly kind: 'timeout' | 'flooded' | 'aborted' };

const mostOutput = 32 * 1024 ** 2;
/** A program can write 100 MiB in that time. */
const watchEveryMs = 20;
/** Builds give way to what serves. */
const niceness = 5;

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Runs a line of the repository's owner to its end, or ends it. When it resolves, nothing that the command started runs. */
export const runCommand = async (options: CommandOptions): Promise<CommandEnd> => {
  if (options.signal.aborted) return { kind: 'aborted' };
  const { program, args, environment } = confinedCommand(options);
  const child = spawn(program, args, {
    cwd: options.buildFolder,
    env: environment,
    stdio: ['ignore', options.output, options.output],
    detached: true,
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const { pid } = child;
  if (pid === undefined) return exit.then(() => ({ kind: 'exited', code: 127 }));
  try {
    setPriority(pid, niceness);
  } catch {
    // It has already ended.
  }
  let cause: 'timeout' | 'flooded' | 'aborted' | undefined;
  const end = (why: NonNullable<typeof cause>): void => {
    cause ??= why;
    killGroup(pid);
  };
  const before = options.outputSize();
  const onAbort = (): void => end('aborted');
  const deadline = setTimeout(end, options.timeoutMs, 'timeout');
  const watch = setInterval(() => options.outputSize() - before > mostOutput && end('flooded'), watchEveryMs);
  options.signal.addEventListener('abort', onAbort);
  try {
    const [code, by] = await exit;
    if (cause === 'flooded') ftruncateSync(options.output, before + mostOutput);
    if (cause) return { kind: cause };
    if (by) return { kind: 'killed', by };
    return { kind: 'exited', code: code ?? 1 };
  } finally {
    clearTimeout(deadline);
    clearInterval(watch);
    options.signal.removeEventListener('abort', onAbort);
    // A process namespace ends as a whole; elsewhere what was left in the background is looked for.
    if (!endsAsWhole(options.confinement)) {
      killGroup(pid);
      await endProcessesOf(options.buildFolder);
    }
  }
};
