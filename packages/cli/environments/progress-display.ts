import type { EnvironmentServiceStatus } from '@causeway/model';
import type { Output } from '../output/output.ts';
import { safeLine } from '../output/safe-line.ts';
import { lengthInWords } from './words.ts';

export interface ProgressDisplay {
  show(progress: readonly EnvironmentServiceStatus[]): void;
  /** Leaves the last state as lines that stay. */
  end(): void;
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 100;
/** A step is named with how long it has been so once that is worth telling. */
const longMs = 2000;

/**
 * How far each service of an environment has come, on stderr. On a terminal a line a service that changes in place; elsewhere a
 * line for each step. With --quiet or a machine format nothing is shown.
 */
export const createProgressDisplay = (
  output: Output,
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
): ProgressDisplay => {
  const { stderr } = output;
  if (output.quiet || output.machine) return { show: () => {}, end: () => {} };
  const moving = stderr.isTTY === true && env.TERM !== 'dumb';
  const told = new Map<string, string>();
  let latest: readonly EnvironmentServiceStatus[] = [];
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const mark = (step: EnvironmentServiceStatus['step']): string => {
    if (step === 'Serving') return output.paint('green', '✔', stderr);
    if (step === 'Failed') return output.paint('red', '✘', stderr);
    if (step === 'Asleep') return output.paint('dim', '-', stderr);
    return output.paint('cyan', moving ? (frames[frame % frames.length] ?? '…') : '…', stderr);
  };
  const isOver = (step: EnvironmentServiceStatus['step']): boolean =>
    step === 'Serving' || step === 'Failed' || step === 'Asleep';
  const lineOf = ({ name, step, since, message }: EnvironmentServiceStatus): string => {
    const width = Math.max(...latest.map(one => one.name.length));
    const lasts = now() - Date.parse(since);
    const so = !isOver(step) && moving && lasts >= longMs ? ` (${lengthInWords(lasts)})` : '';
    return safeLine(`${name.padEnd(width)}  ${step.padEnd(9)}  ${message}${so}`).trimEnd();
  };
  const cut = (text: string): string => text.slice(0, Math.max(20, (stderr.columns || 80) - 3));
  const draw = (): void => {
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    frame += 1;
    stderr.write(`${up}${latest.map(one => `\r\u001b[K${mark(one.step)} ${cut(lineOf(one))}\n`).join('')}`);
    drawn = latest.length;
  };

  return {
    show(progress) {
      latest = progress;
      if (moving) {
        if (progress.length === 0) return;
        if (!timer) timer = setInterval(draw, frameMs).unref();
        return draw();
      }
      for (const one of progress) {
        const said = `${one.step} ${one.message}`;
        if (told.get(one.name) === said) continue;
        told.set(one.name, said);
        stderr.write(`${mark(one.step)} ${lineOf(one)}\n`);
      }
    },
    end() {
      clearInterval(timer);
      timer = undefined;
    },
  };
};
