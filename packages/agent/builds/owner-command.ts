import { join } from 'node:path';
import { type ErrorCode, PlatformError } from '@causeway/model';
import { type BuildJob, prepareForCommands } from './build-job.ts';
import { buildVariables } from './build-variables.ts';
import { type CommandEnd, runCommand } from './run-command.ts';
import { nodeHome, searchPath } from './search-path.ts';

export interface OwnerCommand {
  /** What fails with which code. */
  readonly code: ErrorCode;
  /** For people: `The tests`. */
  readonly what: string;
  readonly line: string;
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Folders of DATA that it uses beside the build's own. */
  readonly readable?: readonly string[];
  readonly writable?: readonly string[];
  readonly timeoutMs: number;
  /** All of the limit, where some of it was used before: what people are told. */
  readonly limitMs?: number;
  /** Which setting gives it more time. */
  readonly timeoutSetting: string;
}

const evidenceLines = 20;
const longestShown = 100;

/** A command line for a message: its beginning, on one line. */
export const shortened = (line: string): string => {
  const flat = line.trim().replace(/\s+/g, ' ');
  return flat.length > longestShown ? `${flat.slice(0, longestShown)}…` : flat;
};

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

const explained = (end: CommandEnd, { what, timeoutMs, limitMs = timeoutMs }: OwnerCommand): string => {
  if (end.kind === 'timeout') return `${what} took longer than ${seconds(limitMs)} and was ended`;
  if (end.kind === 'flooded') return `${what} wrote more than 32 MiB into the log and was ended`;
  if (end.kind === 'killed')
    return `${what} was ended by ${end.by}${end.by === 'SIGKILL' ? ', perhaps for want of memory' : ''}`;
  const code = end.kind === 'exited' ? end.code : 1;
  // A process namespace tells the end by signal N as 128 + N, as shells do.
  if (code === 137) return `${what} was ended by SIGKILL, perhaps for want of memory`;
  return `${what} failed with exit code ${code}${code === 127 ? ': a program was not found' : ''}`;
};

/** Folders in which the build's commands look for programs. */
export const programFolders = ({
  environment,
  account,
  confinement,
}: Pick<BuildJob, 'environment' | 'account' | 'confinement'>): string[] =>
  searchPath(environment.PATH ?? '/usr/local/bin:/usr/bin:/bin', account, confinement.hidden);

/** Runs a command line of the repository's owner as the build account; throws `code` with its last lines when it fails. */
export const runOwnerCommand = async (job: BuildJob, command: OwnerCommand): Promise<void> => {
  const { account, confinement, folder, folders, log, signal, team } = job;
  await prepareForCommands(job);
  const since = log.size();
  const cache = folders.cacheOf(team);
  // In a view of its own the build's folder for temporary files is /tmp.
  const tmp = confinement.hidden.length > 0 ? '/tmp' : join(folder, 'tmp');
  const place = { home: join(folder, 'home'), tmp, cache, path: programFolders(job) };
  const end = await runCommand({
    line: command.line,
    folder: command.folder,
    confinement,
    account,
    buildFolder: folder,
    readable: [nodeHome(), ...(command.readable ?? [])],
    writable: [folder, cache, ...(command.writable ?? [])],
    variables: buildVariables(place, job.environment, command.variables),
    output: log.descriptor,
    outputSize: log.size,
    timeoutMs: Math.max(1, command.timeoutMs),
    signal,
  });
  signal.throwIfAborted();
  if (end.kind === 'exited' && end.code === 0) return;
  throw new PlatformError(command.code, `${explained(end, command)} (${shortened(command.line)}).`, {
    evidence: log.lastLines(since, evidenceLines),
    ...(end.kind === 'timeout'
      ? {
          next: `Find out what it waits for, or give it more time with ${command.timeoutSetting}, and push again.`,
        }
      : {}),
  });
};
