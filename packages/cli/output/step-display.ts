import { coloured, type Output, type Paint } from './output.ts';

export interface ShownStep {
  readonly name: string;
  readonly state: 'Running' | 'Succeeded' | 'Failed' | 'Skipped';
  readonly message: string;
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
export const createStepDisplay = (
  output: Output,
  env: NodeJS.ProcessEnv,
  now = () => performance.now(),
): StepDisplay => {
  const { stderr } = output;
  if (output.quiet || output.machine) return { show: () => {}, end: () => {} };
  const moving = coloured(stderr, env) || (stderr.isTTY === true && env.TERM !== 'dumb');
  const started = new Map<string, number>();
  const ended = new Set<string>();
  let running: ShownStep | undefined;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const cut = (text: string): string => text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1));
  const clear = (): void => {
    if (moving && running) stderr.write('\r\u001b[K');
  };
  const draw = (): void => {
    if (!moving || !running) return;
    const text = cut(`${frames[frame++ % frames.length]} ${running.name.padEnd(11)}${running.message}`);
    stderr.write(`\r\u001b[K${text}`);
  };
  const stop = (): void => {
    clear();
    clearInterval(timer);
    timer = undefined;
    running = undefined;
  };
  const took = (name: string): string => {
    const since = started.get(name);
    return since === undefined ? '' : ` (${((now() - since) / 1000).toFixed(1)} s)`;
  };

  return {
    show(step) {
      if (ended.has(step.name)) return;
      clear();
      if (step.state === 'Running') {
        if (!started.has(step.name)) started.set(step.name, now());
        running = step;
        if (moving && !timer) timer = setInterval(draw, frameMs).unref();
        draw();
        return;
      }
      ended.add(step.name);
      const [paint, mark] = marks[step.state];
      const text = `${step.name.padEnd(11)}${step.message}${took(step.name)}`.trimEnd();
      stderr.write(`${output.paint(paint, mark, stderr)} ${text}\n`);
      if (running?.name === step.name) running = undefined;
      draw();
    },
    end: stop,
  };
};
