import type { Output, Paint } from './output.ts';
import { safeLine } from './safe-line.ts';

export interface ShownStep {
  readonly name: string;
  readonly state: 'Running' | 'Succeeded' | 'Failed' | 'Skipped';
  readonly message: string;
  readonly seconds?: number;
}

export interface StepDisplay {
  show(step: ShownStep): void;
  /** Clears what is still moving. */
  end(): void;
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const frameMs = 80;
const marks: Record<ShownStep['state'], readonly [Paint, string]> = {
  Running: ['cyan', '…'],
  Succeeded: ['green', '✔'],
  Failed: ['red', '✘'],
  Skipped: ['dim', '-'],
};

/**
 * Steps as they go, on stderr: each ended one stays as a line; on a terminal the running one moves below them.
 * With --quiet or a machine format nothing is shown.
 */
export const createStepDisplay = (output: Output, env: NodeJS.ProcessEnv): StepDisplay => {
  const { stderr } = output;
  if (output.quiet || output.machine) return { show: () => {}, end: () => {} };
  const moving = stderr.isTTY === true && env.TERM !== 'dumb';
  const ended = new Set<string>();
  let running: ShownStep | undefined;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const cut = (text: string): string => text.slice(0, Math.max(20, (stderr.columns || 80) - 1));
  const clear = (): void => {
    if (moving && running) stderr.write('\r\u001b[K');
  };
  const draw = (): void => {
    if (!moving || !running) return;
    const text = cut(
      `${frames[frame++ % frames.length]} ${running.name.padEnd(11)}${safeLine(running.message)}`,
    );
    stderr.write(`\r\u001b[K${text}`);
  };
  const stop = (): void => {
    clear();
    clearInterval(timer);
    timer = undefined;
    running = undefined;
  };

  return {
    show(step) {
      if (ended.has(step.name)) return;
      clear();
      if (step.state === 'Running') {
        running = step;
        if (moving && !timer) timer = setInterval(draw, frameMs).unref();
        draw();
        return;
      }
      ended.add(step.name);
      const [paint, mark] = marks[step.state];
      const took = step.seconds === undefined || step.seconds < 0.01 ? '' : ` (${step.seconds.toFixed(2)} s)`;
      const text = `${step.name.padEnd(11)}${safeLine(step.message)}${took}`.trimEnd();
      stderr.write(`${output.paint(paint, mark, stderr)} ${text}\n`);
      // Steps come one after the other: whatever ran before this end has ended, too.
      running = undefined;
    },
    end: stop,
  };
};
