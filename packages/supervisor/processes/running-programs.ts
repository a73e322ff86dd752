import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProgram {
  readonly pid: number;
  readonly commandLine: string;
}

/** All processes of this machine whose command line holds this text; those we may not see are left out. */
export const runningPrograms = (text: string): RunningProgram[] =>
  (process.platform === 'linux' ? listOnLinux() : listByPs()).filter(
    ({ pid, commandLine }) => pid !== process.pid && commandLine.includes(text),
  );

const listOnLinux = (): RunningProgram[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), commandLine }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });

const listByPs = (): RunningProgram[] =>
  execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', timeout: 10_000 })
    .split('\n')
    .flatMap(line => {
      const [, pid, commandLine] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
      return commandLine === undefined ? [] : [{ pid: Number(pid), commandLine }];
    });
