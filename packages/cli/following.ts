import type { DeliveryStep, FollowOptions } from '@causeway/client';
import { PlatformError, parseDuration } from '@causeway/model';
import type { Invocation } from './invocation.ts';
import { createStepDisplay } from './output/step-display.ts';

export interface WaitingOptions {
  readonly wait: boolean;
  readonly timeout: string;
}

/** Milliseconds of `--timeout`. */
export const timeoutOf = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds) return seconds * 1000;
  throw new PlatformError('Usage', `'${text.slice(0, 40)}' is no duration.`, {
    next: 'Write it as 30s, 10m or 1h.',
  });
};

/** What a followed action came to: `step` is the last one that was told. */
export class FollowedError extends Error {
  readonly step: DeliveryStep;

  constructor(error: unknown, step: DeliveryStep) {
    super('a followed action failed', { cause: error });
    this.step = step;
  }
}

/**
 * Runs something that tells steps, shows them, and lets Ctrl-C stop only the watching: what was begun goes on by itself.
 * Throws a FollowedError once it has begun.
 */
export const following = async <T>(
  invocation: Invocation<{ readonly timeout: string }>,
  service: string,
  act: (options: FollowOptions) => Promise<T>,
): Promise<T> => {
  const { env, output, signal, options } = invocation;
  const display = createStepDisplay(output, env);
  let last: DeliveryStep | undefined;
  try {
    return await act({
      signal,
      timeoutMs: timeoutOf(options.timeout),
      onProgress(step) {
        if (last?.state !== 'Failed') last = step;
        display.show(step);
      },
    });
  } catch (error) {
    display.end();
    if (!last) throw error;
    if (signal.aborted)
      output.note(`Stopped watching; it goes on by itself. See: platform describe service ${service}`);
    throw new FollowedError(error, last);
  } finally {
    display.end();
  }
};

/** For commands that have nothing to add to the failure. */
export const withoutStep = (error: unknown): never => {
  throw error instanceof FollowedError ? error.cause : error;
};
